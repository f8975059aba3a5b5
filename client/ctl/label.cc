#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/model_table.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  std::string label;
  std::optional<std::uint64_t> version;
  bool remove = false;
};

Status Show(AdminClient& admin, const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const v1::ModelStatus model, admin.GetModel(options.model));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"labels", SortedLabels(model)}});
  } else if (model.labels().empty()) {
    context.Print(StrCat(options.model, " has no labels: set one with tfld-ctl label NAME LABEL VERSION\n"));
  } else {
    context.Print(LabelTable(model));
  }
  return {};
}

Status Set(AdminClient& admin, const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const v1::VersionStatus version,
                        admin.SetLabel(options.model, options.label, options.version.value_or(0)));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"label", options.label}, {"version", ToJson(version)}});
  } else {
    context.Print(StrCat(options.model, ": label ", options.label, " is at version ", version.version(), "\n"));
  }
  return {};
}

Status Remove(AdminClient& admin, const Options& options, Context& context) {
  TFLD_RETURN_IF_ERROR(admin.RemoveLabel(options.model, options.label));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"label", options.label}, {"removed", true}});
  } else {
    context.Print(StrCat(options.model, ": label ", options.label, " is removed\n"));
  }
  return {};
}

Status Label(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  if (options.remove) return Remove(*admin, options, context);
  return options.version ? Set(*admin, options, context) : Show(*admin, options, context);
}

}  // namespace

void AddLabel(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("label", "Let a label lead to a version, or show the labels of a model");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  CLI::Option* label = command->add_option("LABEL", options->label, "The label, as stable or canary");
  CLI::Option* version =
      command->add_option("VERSION", options->version, "The version that it leads to")->check(VersionNumber());
  CLI::Option* remove = command->add_flag("--remove", options->remove, "Take the label away");
  remove->needs(label)->excludes(version);
  command->footer(
      "Requests that name a label as their version are answered by the version that it leads to, whichever is active.\n"
      "The version is loaded and tested first, and stays loaded and stored for as long as it has a label.");
  command->callback([&action, options, label, version, remove] {
    if (*label && !*version && !*remove) throw CLI::RequiredError("VERSION, or --remove");
    action = [options](Context& context) { return Label(*options, context); };
  });
}

}  // namespace tfld::ctl
