#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

Status SetLevel(const std::string& level, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::SetLogLevelResponse answer, admin->SetLogLevel(level));
  if (context.json()) {
    context.PrintJson({{"level", answer.level()}, {"previous", answer.previous()}});
  } else if (level.empty()) {
    context.Print(answer.level() + "\n");
  } else {
    context.Print(StrCat("the log's level is ", answer.level(), " now, it was ", answer.previous(), "\n"));
  }
  return {};
}

}  // namespace

void AddLogLevel(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("log-level", "Show or change how much the daemon logs");
  auto level = std::make_shared<std::string>();
  command->add_option("LEVEL", *level, "Show it if not given")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}).description(""))
      ->type_name("debug|info|warning|error");
  command->footer("Until the daemon ends; the configuration's level holds for the next start.");
  command->callback([&action, level] { action = [level](Context& context) { return SetLevel(*level, context); }; });
}

}  // namespace tfld::ctl
