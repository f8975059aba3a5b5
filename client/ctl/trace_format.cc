#include "client/ctl/trace_format.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kServerKind = 2;
constexpr int kInternalKind = 1;
constexpr int kStatusOk = 1;
constexpr int kStatusError = 2;

std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json Text(const char* key, const std::string& value) { return {{"key", key}, {"value", {{"stringValue", value}}}}; }
// Integers of 64 bits are strings in this form of JSON.
Json Integer(const char* key, std::int64_t value) {
  return {{"key", key}, {"value", {{"intValue", std::to_string(value)}}}};
}

Json Attributes(const v1::RequestTrace& trace) {
  Json attributes = Json::array({Text("tfld.model", trace.model()),
                                 Integer("tfld.model_version", static_cast<std::int64_t>(trace.version())),
                                 Text("tfld.transport", trace.transport()), Text("tfld.priority", trace.priority()),
                                 Text("tfld.status", trace.code()), Integer("tfld.batch_size", trace.batch_size()),
                                 Integer("tfld.client.uid", trace.uid()), Integer("tfld.client.pid", trace.pid())});
  if (!trace.id().empty()) attributes.push_back(Text("tfld.request_id", trace.id()));
  return attributes;
}

}  // namespace

std::vector<TraceStage> StagesOf(const v1::RequestTrace& trace) {
  std::vector<TraceStage> stages;
  const auto add = [&stages](std::string_view name, bool reached, std::int64_t from, bool ended, std::int64_t to) {
    if (reached && ended && to >= from) stages.push_back({name, from, to});
  };
  add("queue", trace.has_queued_ns(), trace.queued_ns(), trace.has_started_ns(), trace.started_ns());
  add("input", trace.has_started_ns(), trace.started_ns(), trace.has_input_done_ns(), trace.input_done_ns());
  add("compute", trace.has_input_done_ns(), trace.input_done_ns(), trace.has_infer_done_ns(), trace.infer_done_ns());
  add("output", trace.has_infer_done_ns(), trace.infer_done_ns(), trace.has_finished_ns(), trace.finished_ns());
  return stages;
}

std::int64_t DurationNs(const v1::RequestTrace& trace) {
  return std::max({std::int64_t{0}, trace.queued_ns(), trace.started_ns(), trace.input_done_ns(), trace.infer_done_ns(),
                   trace.finished_ns()});
}

std::string OtelFormat::HexId(int words) {
  std::string id;
  for (int i = 0; i < words; ++i) {
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(random_() | 1));  // never all zeros
    id += text;
  }
  return id;
}

std::string OtelFormat::Line(const v1::RequestTrace& trace) {
  const std::string trace_id = HexId(2);
  const std::string root_id = HexId(1);
  const auto span = [&](const std::string& id, const std::string& name, int kind, std::int64_t from, std::int64_t to) {
    return Json{{"traceId", trace_id},
                {"spanId", id},
                {"parentSpanId", id == root_id ? "" : root_id},
                {"name", name},
                {"kind", kind},
                {"startTimeUnixNano", std::to_string(trace.received_ns() + from)},
                {"endTimeUnixNano", std::to_string(trace.received_ns() + to)}};
  };
  Json root = span(root_id, StrCat("infer ", trace.model()), kServerKind, 0, DurationNs(trace));
  root["attributes"] = Attributes(trace);
  root["status"] = {{"code", trace.code() == "OK" ? kStatusOk : kStatusError}};
  if (trace.code() != "OK") root["status"]["message"] = trace.code();
  Json spans = Json::array({std::move(root)});
  for (const TraceStage& stage : StagesOf(trace)) {
    spans.push_back(span(HexId(1), std::string(stage.name), kInternalKind, stage.from_ns, stage.to_ns));
  }
  const Json resource = {
      {"attributes", Json::array({Text("service.name", "tfld"), Text("service.version", version_)})}};
  const Json scope = {{"scope", {{"name", "tfld.requests"}, {"version", version_}}}, {"spans", std::move(spans)}};
  return Dump({{"resourceSpans", Json::array({{{"resource", resource}, {"scopeSpans", Json::array({scope})}}})}}) +
         "\n";
}

std::string ChromeFormat::Head() {
  return R"([{"name":"process_name","ph":"M","pid":1,"tid":0,"args":{"name":"tfld"}})";
}

std::string ChromeFormat::Tail() { return "\n]\n"; }

std::size_t ChromeFormat::LaneOf(std::int64_t from_ns, std::int64_t to_ns) {
  auto lane = std::ranges::find_if(lane_ends_, [from_ns](std::int64_t end) { return end <= from_ns; });
  if (lane == lane_ends_.end()) lane = lane_ends_.insert(lane_ends_.end(), 0);
  *lane = to_ns;
  return static_cast<std::size_t>(lane - lane_ends_.begin()) + 1;
}

// Times are microseconds, with the nanoseconds behind the point. They count from the midnight (UTC) before the first
// request: Unix time in microseconds leaves a double, which is what readers take, no room for nanoseconds.
std::string ChromeFormat::Events(const v1::RequestTrace& trace) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  if (!origin_ns_) origin_ns_ = trace.received_ns() / kDay * kDay;
  const std::int64_t received = trace.received_ns() - *origin_ns_;
  const std::int64_t duration = DurationNs(trace);
  const std::size_t lane = LaneOf(received, received + duration);
  const auto event = [&](const std::string& name, const char* category, std::int64_t from, std::int64_t to) {
    return Json{{"name", name},
                {"cat", category},
                {"ph", "X"},
                {"ts", static_cast<double>(received + from) / 1e3},
                {"dur", static_cast<double>(to - from) / 1e3},
                {"pid", 1},
                {"tid", lane}};
  };
  Json root = event(StrCat(trace.model(), " v", trace.version()), "request", 0, duration);
  root["args"] = {
      {"id", trace.id()},   {"status", trace.code()}, {"transport", trace.transport()},  {"priority", trace.priority()},
      {"uid", trace.uid()}, {"pid", trace.pid()},     {"batch_size", trace.batch_size()}};
  std::string text = ",\n" + Dump(root);
  for (const TraceStage& stage : StagesOf(trace)) {
    text += ",\n" + Dump(event(std::string(stage.name), "stage", stage.from_ns, stage.to_ns));
  }
  return text;
}

}  // namespace tfld::ctl
