// Traces of requests in the forms that other programs read.
//
// Sources of the forms: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (a line is an export request),
// and the Trace Event Format of Chrome, which Perfetto reads too.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

// The stages of a request that it has reached, in order, each from its begin to its end in nanoseconds after arrival.
struct TraceStage {
  std::string_view name;  // "queue", "input", "compute", "output"
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};
std::vector<TraceStage> StagesOf(const v1::RequestTrace& trace);
// From arrival to the last thing that is known of it.
std::int64_t DurationNs(const v1::RequestTrace& trace);

// One JSON document a request, on a line of its own: the request as the root span, its stages as children.
class OtelFormat {
 public:
  // Ids are random; the seed is for tests.
  OtelFormat(std::string daemon_version, std::uint64_t seed) : version_(std::move(daemon_version)), random_(seed) {}
  std::string Line(const v1::RequestTrace& trace);

 private:
  std::string HexId(int words);  // of 64 bits

  const std::string version_;
  std::mt19937_64 random_;
};

// An array of events: Head, the events of all requests, Tail. Requests that overlap stand on lanes of their own.
class ChromeFormat {
 public:
  static std::string Head();
  std::string Events(const v1::RequestTrace& trace);
  static std::string Tail();

 private:
  std::size_t LaneOf(std::int64_t from_ns, std::int64_t to_ns);

  std::optional<std::int64_t> origin_ns_;  // Unix time from which times count
  std::vector<std::int64_t> lane_ends_;    // after the origin
};

}  // namespace tfld::ctl
