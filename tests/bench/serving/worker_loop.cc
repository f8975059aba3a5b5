// The worker's side: one thread a binding.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "client/examples/bearing_samples.h"
#include "engine/base/str_cat.h"
#include "tests/bench/serving/client_options.h"
#include "tests/bench/serving/echo.h"
#include "tests/bench/serving/worker.h"
#include "tests/support/test_paths.h"
#include "tfld/client.h"

namespace tfld::bench {
namespace {

// What the answers of the shipped model have to be.
class Answers {
 public:
  Status Load() {
    const std::string directory = test::SourceDir() / "packaging/models/bearing_fault/samples";
    if (bearing_samples_load(directory.c_str(), &samples_) != 0) return NotFound("no samples in " + directory);
    return {};
  }

  void Fill(Binding& binding, std::size_t turn) const {
    const bearing_sample& sample = samples_.samples[turn % samples_.count];
    std::ranges::copy(sample.window, binding.Input<std::int8_t>(0)->begin());
  }

  // Odd versions are the first model, even ones the second.
  bool Right(const Binding& binding, std::size_t turn) const {
    const bearing_sample& sample = samples_.samples[turn % samples_.count];
    const auto scores = *binding.Output<std::int8_t>(0);
    return bearing_argmax(scores.data(), scores.size()) == sample.expected[binding.version() % 2 == 1 ? 1 : 2];
  }

 private:
  bearing_samples samples_{};
};

class Loop {
 public:
  Loop(const WorkerOptions& options, const Answers& answers, std::size_t first_turn)
      : options_(options), answers_(answers), turn_(first_turn) {}

  WorkerResult Run() {
    result_.samples.reserve(1 << 18);
    const std::int64_t end = options_.start_ns + static_cast<std::int64_t>(options_.seconds * 1e9);
    Result<Binding> binding = Open();
    if (!options_.reconnect && binding.ok()) WarmUp(*binding);
    SleepUntil(options_.start_ns);
    while (MonotonicNs() < end) {
      if (!binding.ok()) {
        Fail(binding.status());
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        binding = Open();
        continue;
      }
      Once(*binding);
      if (options_.reconnect) binding = Open();
      if (options_.think_us > 0) std::this_thread::sleep_for(std::chrono::microseconds(options_.think_us));
    }
    return std::move(result_);
  }

 private:
  Result<Binding> Open() const {
    TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(ClientOptionsOf(options_)));
    return client.Bind(options_.model);
  }

  void WarmUp(Binding& binding) const {
    for (int i = 0; i < 20; ++i) (void)binding.Infer(InferOptionsOf(options_));
  }

  void Once(Binding& binding) {
    ++turn_;
    if (options_.check) answers_.Fill(binding, turn_);
    const std::int64_t begin = MonotonicNs();
    const Status status = binding.Infer(InferOptionsOf(options_));
    const std::int64_t end = MonotonicNs();
    if (!status.ok()) return Fail(status);
    result_.samples.push_back({end, static_cast<double>(end - begin) / 1e3});
    if (options_.check && !answers_.Right(binding, turn_)) ++result_.wrong;
  }

  void Fail(const Status& status) {
    if (result_.failed++ == 0) result_.error = status.ToString();
  }

  const WorkerOptions& options_;
  const Answers& answers_;
  std::size_t turn_;
  WorkerResult result_;
};

// Keeps several requests under way from one thread, as a client does that wants many answers rather than one soon.
WorkerResult RunPipelined(const WorkerOptions& options) {
  WorkerResult result;
  result.samples.reserve(1 << 18);
  const auto fail = [&](const Status& status) {
    if (result.failed++ == 0) result.error = status.ToString();
  };
  const Result<Client> client = Client::Connect(ClientOptionsOf(options));
  auto bound = client.ok() ? client->BindSlots(options.model, static_cast<std::size_t>(options.slots))
                           : Result<std::vector<Binding>>(client.status());
  if (!bound.ok()) {
    fail(bound.status());
    return result;
  }
  std::vector<Binding>& bindings = *bound;
  std::vector<std::int64_t> begun(bindings.size());
  const auto start = [&](std::size_t i) {
    begun[i] = MonotonicNs();
    if (const Status status = bindings[i].Start(InferOptionsOf(options)); !status.ok()) fail(status);
  };
  const auto wait = [&](std::size_t i) {
    const Status status = bindings[i].Wait();
    const std::int64_t end = MonotonicNs();
    if (!status.ok()) return fail(status);
    result.samples.push_back({end, static_cast<double>(end - begun[i]) / 1e3});
  };
  SleepUntil(options.start_ns);
  const std::int64_t end = options.start_ns + static_cast<std::int64_t>(options.seconds * 1e9);
  for (std::size_t i = 0; i < bindings.size(); ++i) start(i);
  for (std::size_t i = 0; MonotonicNs() < end && result.failed == 0; i = (i + 1) % bindings.size()) {
    wait(i);
    start(i);
  }
  for (std::size_t i = 0; i < bindings.size(); ++i) wait(i);
  return result;
}

// The same load on gRPC alone.
WorkerResult RunEcho(const WorkerOptions& options) {
  WorkerResult result;
  result.samples.reserve(1 << 18);
  EchoClient echo(EchoSocketIn(options.runtime_dir));
  const auto size = static_cast<std::size_t>(options.echo_bytes);
  Status status = echo.Echo(size);
  SleepUntil(options.start_ns);
  const std::int64_t last = options.start_ns + static_cast<std::int64_t>(options.seconds * 1e9);
  while (status.ok() && MonotonicNs() < last) {
    const std::int64_t begin = MonotonicNs();
    status = echo.Echo(size);
    const std::int64_t end = MonotonicNs();
    if (status.ok()) result.samples.push_back({end, static_cast<double>(end - begin) / 1e3});
  }
  if (!status.ok()) result.failed = 1;
  result.error = status.ToString();
  return result;
}

WorkerResult RunOne(const WorkerOptions& options, const Answers& answers, std::size_t first_turn) {
  if (options.transport == "echo") return RunEcho(options);
  if (options.slots > 1) return RunPipelined(options);
  return Loop(options, answers, first_turn).Run();
}

void WriteAll(const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(STDOUT_FILENO, at, size);
    if (written <= 0) return;
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

}  // namespace

int RunWorker(const WorkerOptions& options) {
  Answers answers;
  if (options.check && !answers.Load().ok()) return 1;
  std::vector<WorkerResult> results(static_cast<std::size_t>(options.threads));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = RunOne(options, answers, i * 7); });
  }
  for (std::thread& thread : threads) thread.join();
  WorkerResult all;
  for (WorkerResult& result : results) {
    all.samples.insert(all.samples.end(), result.samples.begin(), result.samples.end());
    all.failed += result.failed;
    all.wrong += result.wrong;
    if (all.error.empty()) all.error = result.error;
  }
  const std::uint64_t counts[] = {all.samples.size(), all.failed, all.wrong, all.error.size()};
  WriteAll(counts, sizeof(counts));
  WriteAll(all.samples.data(), all.samples.size() * sizeof(RequestSample));
  WriteAll(all.error.data(), all.error.size());
  return 0;
}

}  // namespace tfld::bench
