#include "daemon/rpc/model_statistics.h"

#include <numeric>
#include <string>

#include "daemon/lifecycle/serving_map.h"
#include "daemon/scheduler/request_stats.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

void Set(inference::StatisticDuration& duration, std::uint64_t count, std::uint64_t ns) {
  duration.set_count(count);
  duration.set_ns(ns);
}

void AddMemory(const char* type, std::uint64_t bytes, inference::ModelStatistics& statistics) {
  inference::MemoryUsage& usage = *statistics.add_memory_usage();
  usage.set_type(type);
  usage.set_byte_size(bytes);
}

void FillBatch(const BatchStats& batch, inference::InferBatchStatistics& out) {
  const std::uint64_t executions = batch.PerBatch(batch.requests);
  out.set_batch_size(static_cast<std::uint64_t>(batch.size));
  Set(*out.mutable_compute_input(), executions, batch.PerBatch(batch.input_ns));
  Set(*out.mutable_compute_infer(), executions, batch.PerBatch(batch.compute_ns));
  Set(*out.mutable_compute_output(), executions, batch.PerBatch(batch.output_ns));
}

// Each request has one response, the first.
void FillResponses(const VersionRequestStats& stats, const inference::InferStatistics& times,
                   inference::ModelStatistics& out) {
  const std::uint64_t cancelled = stats.requests[static_cast<std::size_t>(StatusCode::kCancelled)];
  auto& response = (*out.mutable_response_stats())["0"];
  *response.mutable_compute_infer() = times.compute_infer();
  *response.mutable_compute_output() = times.compute_output();
  *response.mutable_success() = times.success();
  *response.mutable_fail() = times.fail();
  Set(*response.mutable_empty_response(), 0, 0);
  Set(*response.mutable_cancel(), cancelled, 0);
}

void Fill(const VersionRequestStats& stats, inference::ModelStatistics& out) {
  const std::uint64_t all = std::accumulate(stats.requests.begin(), stats.requests.end(), std::uint64_t{0});
  const std::uint64_t good = stats.requests[static_cast<std::size_t>(StatusCode::kOk)];
  out.set_last_inference(static_cast<std::uint64_t>(stats.last_ms));
  out.set_inference_count(good);
  out.set_execution_count(stats.executions);
  inference::InferStatistics& times = *out.mutable_inference_stats();
  Set(*times.mutable_success(), good, stats.request.sum_ns);
  Set(*times.mutable_fail(), all - good, stats.failed_ns);
  Set(*times.mutable_queue(), stats.queue.count, stats.queue.sum_ns);
  Set(*times.mutable_compute_input(), good, stats.input_ns);
  Set(*times.mutable_compute_infer(), stats.compute.count, stats.compute.sum_ns);
  Set(*times.mutable_compute_output(), good, stats.output_ns);
  for (const BatchStats& batch : stats.batches) FillBatch(batch, *out.add_batch_stats());
  FillResponses(stats, times, out);
}

void Report(const ServedVersion& served, const RequestStats& stats, inference::ModelStatisticsResponse& response) {
  inference::ModelStatistics& out = *response.add_model_stats();
  out.set_name(served.model);
  out.set_version(std::to_string(served.version));
  out.mutable_inference_stats();
  for (const VersionRequestStats& counted : stats.Snapshot(served.model)) {
    if (counted.version == served.version) Fill(counted, out);
  }
  const engine::MemoryUsage memory = served.instance->memory();
  AddMemory("WEIGHTS", memory.weight_bytes, out);
  AddMemory("PACKED", memory.packed_bytes, out);
  AddMemory("ARENAS", memory.arena_bytes, out);
}

}  // namespace

Status ReportStatistics(const ServingMap& map, const RequestStats& stats,
                        const inference::ModelStatisticsRequest& request,
                        inference::ModelStatisticsResponse& response) {
  if (request.name().empty()) {
    for (const auto& served : map.Snapshot()) Report(*served, stats, response);
    return {};
  }
  if (request.version().empty()) {
    const auto all = map.Snapshot(request.name());
    for (const auto& served : all) Report(*served, stats, response);
    if (!all.empty()) return {};
  }
  TFLD_ASSIGN_OR_RETURN(const auto served, map.Acquire(request.name(), request.version()));
  Report(*served, stats, response);
  return {};
}

}  // namespace tfld::daemon
