// Workers: client processes that infer in a closed loop, begin and end together, and tell what they measured.
//
// Each is this program started again, so that it is a process of its own to the daemon. Thread rule: one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::bench {

struct WorkerOptions {
  std::string runtime_dir{};
  std::string model{};
  std::string transport = "auto";  // "grpc", "channel"; "echo" for a bare echo server in runtime_dir
  std::string priority = "normal";
  int threads = 1;            // each with bindings of its own
  int slots = 1;              // of a thread: so many requests in flight
  int echo_bytes = 0;         // to a bare echo server and back
  int think_us = 0;           // between an answer and the next request
  double seconds = 1;         // of measuring, after the start
  bool check = false;         // the answers are those of the version that gave them
  bool reconnect = false;     // for each request a connection of its own
  std::int64_t start_ns = 0;  // on the monotonic clock
};

struct RequestSample {
  std::int64_t end_ns = 0;  // on the monotonic clock
  double us = 0;
};

struct WorkerResult {
  std::vector<RequestSample> samples;
  std::uint64_t failed = 0;
  std::uint64_t wrong = 0;
  std::string error;  // the first one
};

// In the worker's process: measures, and writes the result to standard output.
int RunWorker(const WorkerOptions& options);

// A worker that runs.
class WorkerProcess {
 public:
  static Result<WorkerProcess> Start(const WorkerOptions& options);
  WorkerProcess(WorkerProcess&& other) noexcept;
  ~WorkerProcess();  // kills it when it runs

  // Waits for its end.
  Result<WorkerResult> Collect();
  pid_t pid() const { return pid_; }

 private:
  WorkerProcess(pid_t pid, int output) : pid_(pid), output_(output) {}
  pid_t pid_ = -1;
  int output_ = -1;
};

// Starts one worker for each element; all begin to measure at `start_ns` (StartMoment).
Result<std::vector<WorkerProcess>> StartTogether(std::vector<WorkerOptions> workers, std::int64_t start_ns);

// The same, soon, and collects them in their order.
Result<std::vector<WorkerResult>> RunTogether(std::vector<WorkerOptions> workers);

std::int64_t MonotonicNs();
void SleepUntil(std::int64_t moment_ns);
// A moment far enough ahead for workers to have connected.
std::int64_t StartMoment(std::size_t workers);

// All latencies of some results, in microseconds, of requests that ended in [from_ns, to_ns).
std::vector<double> LatenciesOf(std::span<const WorkerResult> results, std::int64_t from_ns = 0,
                                std::int64_t to_ns = INT64_MAX);

}  // namespace tfld::bench
