#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  std::optional<std::uint64_t> version;
};

Status Rollback(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::VersionStatus version, admin->Rollback(options.model, options.version));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"version", ToJson(version)}});
  } else {
    context.Print(StrCat(options.model, ": rolled back to version ", version.version(), "\n"));
  }
  return {};
}

}  // namespace

void AddRollback(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("rollback", "Go back to the last good version");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--to", options->version, "The version to go back to; the last good one if not given")
      ->check(VersionNumber())
      ->type_name("VERSION");
  command->callback(
      [&action, options] { action = [options](Context& context) { return Rollback(*options, context); }; });
}

}  // namespace tfld::ctl
