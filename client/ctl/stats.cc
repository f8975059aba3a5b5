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

std::uint64_t CountOf(const v1::ModelStats& stats, bool succeeded) {
  std::uint64_t count = 0;
  for (const v1::CodeCount& code : stats.requests()) {
    if ((code.code() == "OK") == succeeded) count += code.count();
  }
  return count;
}

std::string Mean(const v1::Durations& durations) {
  return durations.count() ? DurationText(durations.sum_us() / static_cast<double>(durations.count())) : "-";
}

Table StatsTable(const v1::GetStatsResponse& stats) {
  Table table({"MODEL", ">VERSION", ">OK", ">FAILED", ">P50", ">P90", ">P99", ">QUEUE", ">COMPUTE", ">MEMORY"});
  for (const v1::ModelStats& model : stats.models()) {
    const std::uint64_t failed = CountOf(model, false);
    table.AddRow({model.model(), Cell(StrCat(model.version()), model.active() ? Color::kGreen : Color::kNone),
                  StrCat(CountOf(model, true)), Cell(StrCat(failed), failed ? Color::kRed : Color::kNone),
                  DurationText(model.request().p50_us()), DurationText(model.request().p90_us()),
                  DurationText(model.request().p99_us()), Mean(model.queue()), Mean(model.compute()),
                  model.has_memory() ? BytesText(TotalBytes(model.memory())) : "-"});
  }
  return table;
}

Status Stats(const std::string& model, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, admin->GetStats(model));
  if (context.json()) {
    nlohmann::ordered_json models = nlohmann::ordered_json::array();
    for (const v1::ModelStats& entry : stats.models()) models.push_back(ToJson(entry));
    context.PrintJson({{"daemon", ToJson(stats.daemon())}, {"models", std::move(models)}});
    return {};
  }
  const v1::DaemonStats& daemon = stats.daemon();
  context.Print(StrCat("up ", UptimeText(daemon.uptime_seconds()), ", ", daemon.executors_busy(), " of ",
                       daemon.executors(), " executors busy, ", daemon.queue_depth(), " requests wait, ",
                       daemon.connections(), " connections, ", daemon.channels(), " channels\n\n"));
  context.Print(StatsTable(stats));
  return {};
}

}  // namespace

void AddStats(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("stats", "Requests and latencies since the daemon started");
  auto model = std::make_shared<std::string>();
  command->add_option("NAME", *model, "The model; all if not given");
  command->footer("P50 to P99: from the request's arrival to its answer. QUEUE and COMPUTE are means.");
  command->callback([&action, model] { action = [model](Context& context) { return Stats(*model, context); }; });
}

}  // namespace tfld::ctl
