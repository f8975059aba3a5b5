#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/model_table.h"
#include "client/ctl/to_json.h"

namespace tfld::ctl {
namespace {

Status List(Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::ListModelsResponse response, admin->ListModels());
  if (context.json()) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const v1::ModelStatus& model : response.models()) models.push_back(ToJson(model));
    context.PrintJson({{"models", std::move(models)}});
  } else if (response.models().empty()) {
    context.Print("no models: deploy one with tfld-ctl deploy NAME FILE\n");
  } else {
    context.Print(ModelTable(response));
  }
  return {};
}

}  // namespace

void AddList(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("list", "The models and their active versions");
  command->callback([&action] { action = List; });
}

}  // namespace tfld::ctl
