#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  std::uint64_t version = 0;
};

Status Activate(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::VersionStatus version, admin->Activate(options.model, options.version));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"version", ToJson(version)}});
  } else {
    context.Print(StrCat(options.model, ": version ", version.version(), " is active\n"));
  }
  return {};
}

}  // namespace

void AddActivate(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("activate", "Make a version that is stored the active one");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("VERSION", options->version, "Its version")->required()->check(VersionNumber());
  command->footer("Returns when the version serves. Requests in flight end on the version that they began on.");
  command->callback(
      [&action, options] { action = [options](Context& context) { return Activate(*options, context); }; });
}

}  // namespace tfld::ctl
