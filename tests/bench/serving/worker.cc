#include "tests/bench/serving/worker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/base/str_cat.h"

extern char** environ;

namespace tfld::bench {
namespace {

std::vector<std::string> ArgumentsOf(const WorkerOptions& options) {
  std::vector<std::string> arguments{"serving_bench", "worker",
                                     "--runtime-dir", options.runtime_dir,
                                     "--model",       options.model,
                                     "--transport",   options.transport,
                                     "--priority",    options.priority,
                                     "--threads",     std::to_string(options.threads),
                                     "--slots",       std::to_string(options.slots),
                                     "--echo-bytes",  std::to_string(options.echo_bytes),
                                     "--think-us",    std::to_string(options.think_us),
                                     "--seconds",     std::to_string(options.seconds),
                                     "--start-ns",    std::to_string(options.start_ns)};
  if (options.check) arguments.emplace_back("--check");
  if (options.reconnect) arguments.emplace_back("--reconnect");
  return arguments;
}

bool ReadAll(int descriptor, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t count = ::read(descriptor, at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::Start(const WorkerOptions& options) {
  std::vector<std::string> arguments = ArgumentsOf(options);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (failed != 0) {
    ::close(ends[0]);
    return ErrnoStatus(failed, "cannot start a worker");
  }
  return WorkerProcess(pid, ends[0]);
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), output_(std::exchange(other.output_, -1)) {}

WorkerProcess::~WorkerProcess() {
  if (output_ >= 0) ::close(output_);
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

Result<WorkerResult> WorkerProcess::Collect() {
  std::uint64_t counts[4];
  WorkerResult result;
  bool whole = ReadAll(output_, counts, sizeof(counts));
  if (whole) {
    result.samples.resize(counts[0]);
    result.failed = counts[1];
    result.wrong = counts[2];
    result.error.resize(counts[3]);
    whole = ReadAll(output_, result.samples.data(), result.samples.size() * sizeof(RequestSample)) &&
            ReadAll(output_, result.error.data(), result.error.size());
  }
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  if (!whole) return Internal("a worker ended without a result");
  return result;
}

std::int64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void SleepUntil(std::int64_t moment_ns) {
  const timespec moment{moment_ns / 1'000'000'000, moment_ns % 1'000'000'000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, nullptr) != 0) {
  }
}

std::int64_t StartMoment(std::size_t workers) {
  return MonotonicNs() + 200'000'000 + static_cast<std::int64_t>(workers) * 40'000'000;
}

Result<std::vector<WorkerProcess>> StartTogether(std::vector<WorkerOptions> workers, std::int64_t start_ns) {
  std::vector<WorkerProcess> processes;
  for (WorkerOptions& options : workers) {
    options.start_ns = start_ns;
    TFLD_ASSIGN_OR_RETURN(WorkerProcess process, WorkerProcess::Start(options));
    processes.push_back(std::move(process));
  }
  return processes;
}

Result<std::vector<WorkerResult>> RunTogether(std::vector<WorkerOptions> workers) {
  const std::int64_t start = StartMoment(workers.size());
  TFLD_ASSIGN_OR_RETURN(std::vector<WorkerProcess> processes, StartTogether(std::move(workers), start));
  std::vector<WorkerResult> results;
  for (WorkerProcess& process : processes) {
    TFLD_ASSIGN_OR_RETURN(WorkerResult result, process.Collect());
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<double> LatenciesOf(std::span<const WorkerResult> results, std::int64_t from_ns, std::int64_t to_ns) {
  std::vector<double> all;
  for (const WorkerResult& result : results) {
    for (const RequestSample& sample : result.samples) {
      if (sample.end_ns >= from_ns && sample.end_ns < to_ns) all.push_back(sample.us);
    }
  }
  return all;
}

}  // namespace tfld::bench
