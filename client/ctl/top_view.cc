#include "client/ctl/top_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/ctl/histogram_math.h"
#include "client/ctl/model_table.h"
#include "client/ctl/text.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

struct Counts {
  std::uint64_t ok = 0, failed = 0;
};

Counts CountsOf(const v1::ModelStats& stats) {
  Counts counts;
  for (const v1::CodeCount& code : stats.requests()) (code.code() == "OK" ? counts.ok : counts.failed) += code.count();
  return counts;
}

// Counters that have become smaller began anew.
double Rate(std::uint64_t now, std::uint64_t before, double seconds) {
  return static_cast<double>(now >= before ? now - before : now) / seconds;
}

void SetLatencies(const v1::Histogram& now, const v1::Histogram& before, TopRow& row) {
  const HistogramView between = HistogramView(now).Since(HistogramView(before));
  row.p50_us = between.PercentileUs(0.50);
  row.p99_us = between.PercentileUs(0.99);
}

TopRow ModelRow(const v1::ModelStats& now, const v1::ModelStats& before, double seconds) {
  TopRow row;
  row.name = now.model();
  row.version = now.version();
  row.active = now.active();
  const Counts counts = CountsOf(now);
  const Counts counts_before = CountsOf(before);
  row.requests_a_second = Rate(counts.ok, counts_before.ok, seconds);
  row.errors_a_second = Rate(counts.failed, counts_before.failed, seconds);
  row.requests_total = counts.ok + counts.failed;
  SetLatencies(now.request_histogram(), before.request_histogram(), row);
  const HistogramView queued = HistogramView(now.queue_histogram()).Since(HistogramView(before.queue_histogram()));
  row.queue_p99_us = queued.PercentileUs(0.99);
  row.compute_share = Rate(now.busy_ns(), before.busy_ns(), seconds) / 1e9;
  row.memory_bytes = TotalBytes(now.memory());
  return row;
}

TopRow ClientRow(const v1::ClientStats& now, const v1::ClientStats& before, double seconds) {
  TopRow row;
  row.name = now.name();
  row.requests_a_second = Rate(now.succeeded(), before.succeeded(), seconds);
  row.errors_a_second = Rate(now.failed(), before.failed(), seconds);
  row.requests_total = now.succeeded() + now.failed();
  SetLatencies(now.request(), before.request(), row);
  return row;
}

bool MoreRequests(const TopRow& a, const TopRow& b) {
  return a.requests_a_second + a.errors_a_second > b.requests_a_second + b.errors_a_second;
}

std::string RateText(double rate) { return PlainNumber(rate, rate < 100 ? 1 : 0); }

Cell ErrorCell(double rate) { return {rate > 0 ? RateText(rate) : "-", rate > 0 ? Color::kRed : Color::kNone}; }

Json RowJson(const TopRow& row) {
  return {{"requests_per_second", row.requests_a_second},
          {"errors_per_second", row.errors_a_second},
          {"p50_us", row.p50_us},
          {"p99_us", row.p99_us},
          {"requests_total", row.requests_total}};
}

std::string Summary(const TopView& view) {
  const v1::DaemonStats& daemon = view.daemon;
  std::string text =
      StrCat("tfld ", daemon.version(), ", up ", UptimeText(daemon.uptime_seconds()), ", ", daemon.connections(),
             " connections, ", daemon.channels(), " channels, ", BytesText(daemon.resident_bytes()), " resident, ",
             PlainNumber(view.cpus, 2), " processors\nexecutors ", daemon.executors_busy(), "/", daemon.executors(),
             " busy, ", daemon.queue_depth(), " requests wait");
  if (daemon.queue_depths_size() == 3 && daemon.queue_depth() > 0) {
    text += StrCat(" (", daemon.queue_depths(0), " critical, ", daemon.queue_depths(1), " normal, ",
                   daemon.queue_depths(2), " background)");
  }
  if (daemon.preemptions() > 0) text += StrCat(", ", daemon.preemptions(), " preemptions so far");
  return text + "\n\n";
}

}  // namespace

TopView Compare(const v1::GetStatsResponse& before, const v1::GetStatsResponse& now) {
  TopView view;
  view.daemon = now.daemon();
  view.seconds = std::max(now.daemon().clock_seconds() - before.daemon().clock_seconds(), 1e-6);
  view.cpus = std::max(0.0, now.daemon().cpu_seconds() - before.daemon().cpu_seconds()) / view.seconds;
  for (const v1::ModelStats& stats : now.models()) {
    const auto same = std::ranges::find_if(before.models(), [&stats](const v1::ModelStats& other) {
      return other.model() == stats.model() && other.version() == stats.version();
    });
    view.models.push_back(ModelRow(stats, same != before.models().end() ? *same : v1::ModelStats(), view.seconds));
  }
  for (const v1::ClientStats& stats : now.clients()) {
    const auto same = std::ranges::find_if(
        before.clients(), [&stats](const v1::ClientStats& other) { return other.name() == stats.name(); });
    view.clients.push_back(ClientRow(stats, same != before.clients().end() ? *same : v1::ClientStats(), view.seconds));
  }
  // Versions that are out of service and of no use to anybody would only push the others off the screen.
  std::erase_if(view.models, [](const TopRow& row) {
    return !row.active && row.requests_a_second == 0 && row.errors_a_second == 0;
  });
  std::ranges::stable_sort(view.models, MoreRequests);
  std::ranges::stable_sort(view.clients, MoreRequests);
  return view;
}

std::string TopText(const TopView& view, bool colors) {
  Table models({"MODEL", ">VERSION", ">REQ/S", ">ERR/S", ">P50", ">P99", ">QUEUE P99", ">EXECUTORS", ">MEMORY"});
  for (const TopRow& row : view.models) {
    models.AddRow({row.name.empty() ? "(unknown)" : row.name,
                   Cell(StrCat(row.version), row.active ? Color::kGreen : Color::kNone),
                   RateText(row.requests_a_second), ErrorCell(row.errors_a_second), DurationText(row.p50_us),
                   DurationText(row.p99_us), DurationText(row.queue_p99_us), PlainNumber(row.compute_share, 2),
                   row.memory_bytes > 0 ? BytesText(row.memory_bytes) : "-"});
  }
  Table clients({"CLIENT", ">REQ/S", ">ERR/S", ">P50", ">P99", ">TOTAL"});
  for (const TopRow& row : view.clients) {
    clients.AddRow({row.name, RateText(row.requests_a_second), ErrorCell(row.errors_a_second), DurationText(row.p50_us),
                    DurationText(row.p99_us), StrCat(row.requests_total)});
  }
  std::string text = Summary(view) + models.ToString(colors);
  if (clients.rows() > 0) text += "\n" + clients.ToString(colors);
  return text;
}

Json ToJson(const TopView& view) {
  Json models = Json::array();
  for (const TopRow& row : view.models) {
    Json entry = {{"model", row.name}, {"version", row.version}, {"active", row.active}};
    entry.update(RowJson(row));
    entry["queue_p99_us"] = row.queue_p99_us;
    entry["executors_busy"] = row.compute_share;
    entry["memory_bytes"] = row.memory_bytes;
    models.push_back(std::move(entry));
  }
  Json clients = Json::array();
  for (const TopRow& row : view.clients) {
    Json entry = {{"client", row.name}};
    entry.update(RowJson(row));
    clients.push_back(std::move(entry));
  }
  return {{"interval_seconds", view.seconds},
          {"executors", view.daemon.executors()},
          {"executors_busy", view.daemon.executors_busy()},
          {"queue_depth", view.daemon.queue_depth()},
          {"connections", view.daemon.connections()},
          {"channels", view.daemon.channels()},
          {"resident_bytes", view.daemon.resident_bytes()},
          {"processors", view.cpus},
          {"models", std::move(models)},
          {"clients", std::move(clients)}};
}

}  // namespace tfld::ctl
