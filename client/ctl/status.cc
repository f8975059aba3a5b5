#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/model_table.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

void PrintServer(const v1::GetServerInfoResponse& server, double uptime, const Context& context) {
  context.Print(StrCat("tfld ", server.version(), ", process ", server.pid(), ", up ", UptimeText(uptime), "\n"));
  context.Print(StrCat("executors ", server.executors(), " x ", server.threads_per_executor(), " threads, queue of ",
                       server.queue_capacity(), ", messages up to ", BytesText(server.max_message_bytes()), "\n"));
  context.Print(StrCat("state in ", server.state_dir(), ", sockets in ", server.runtime_dir(), "\n"));
}

Status ShowDaemon(AdminClient& admin, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const v1::GetServerInfoResponse server, admin.GetServerInfo());
  TFLD_ASSIGN_OR_RETURN(const v1::ListModelsResponse models, admin.ListModels());
  if (context.json()) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const v1::ModelStatus& model : models.models()) list.push_back(ToJson(model));
    context.PrintJson({{"server", ToJson(server)}, {"models", std::move(list)}});
    return {};
  }
  // Not from when it was started: the clock of the machine may have been set since.
  TFLD_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, admin.GetStats(""));
  PrintServer(server, stats.daemon().uptime_seconds(), context);
  if (!models.models().empty()) {
    context.Print("\n");
    context.Print(ModelTable(models));
  }
  return {};
}

Status ShowModel(AdminClient& admin, const std::string& name, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const v1::ModelStatus model, admin.GetModel(name));
  if (context.json()) {
    context.PrintJson(ToJson(model));
    return {};
  }
  const v1::MemoryUse& memory = model.memory();
  context.Print(StrCat(model.name(), ": ",
                       model.has_active() ? StrCat("version ", model.active(), " is active") : "not active",
                       model.has_previous() ? StrCat(", previous ", model.previous()) : "", "\n"));
  context.Print(StrCat("memory: weights ", BytesText(memory.weights()), ", packed ", BytesText(memory.packed()),
                       ", arenas ", BytesText(memory.arenas()), "\n\n"));
  context.Print(VersionTable(model));
  return {};
}

Status Show(const std::string& model, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  return model.empty() ? ShowDaemon(*admin, context) : ShowModel(*admin, model, context);
}

}  // namespace

void AddStatus(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("status", "The daemon, or one model with its versions");
  auto model = std::make_shared<std::string>();
  command->add_option("NAME", *model, "The model; the daemon if not given");
  command->callback([&action, model] { action = [model](Context& context) { return Show(*model, context); }; });
}

}  // namespace tfld::ctl
