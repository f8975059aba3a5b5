#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  std::optional<std::uint64_t> version;
};

Status Remove(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_RETURN_IF_ERROR(admin->Remove(options.model, options.version));
  if (context.json()) {
    const auto version = options.version ? nlohmann::ordered_json(*options.version) : nlohmann::ordered_json();
    context.PrintJson({{"model", options.model}, {"removed", true}, {"version", version}});
  } else if (options.version) {
    context.Print(StrCat(options.model, ": version ", *options.version, " is removed\n"));
  } else {
    context.Print(StrCat(options.model, " is removed with all its versions\n"));
  }
  return {};
}

}  // namespace

void AddRemove(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("remove", "Remove a version that is not active, or a whole model");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--version", options->version, "Only this version; the whole model if not given")
      ->check(VersionNumber())
      ->type_name("N");
  command->callback([&action, options] { action = [options](Context& context) { return Remove(*options, context); }; });
}

}  // namespace tfld::ctl
