#include "client/ctl/load_generator.h"

#include <sys/prctl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

nanoseconds Seconds(double seconds) {
  return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(seconds));
}

// What all clients share.
struct Shared {
  explicit Shared(const Load& to_make)
      : load(to_make),
        ready(to_make.clients),
        start(1),
        arrivals(std::max(to_make.rate, 1e-9), to_make.uniform, to_make.seed) {}

  // When the next call should begin; nothing when there is none any more.
  std::optional<Clock::time_point> NextCall();

  const Load& load;
  std::latch ready;  // clients that are warm
  std::latch start;
  Clock::time_point begin, end;  // set before `start`
  std::atomic<std::uint64_t> taken = 0;
  std::mutex mutex;  // guards what follows
  ArrivalTimes arrivals;
  Status setup;  // the first client that could not be made
};

struct Client {
  LatencyCounts latencies;
  std::uint64_t failed = 0;
  Status first_failure;
  Clock::time_point last_answer;
};

std::optional<Clock::time_point> Shared::NextCall() {
  if (load.requests != 0 && taken.fetch_add(1, std::memory_order_relaxed) >= load.requests) return std::nullopt;
  Clock::time_point when = Clock::now();
  if (load.rate > 0) {
    const std::lock_guard lock(mutex);
    when = begin + Seconds(arrivals.Next());
  }
  if (when >= end) return std::nullopt;
  return when;
}

Result<Call> WarmUp(int index, const MakeCall& make, const Shared& shared) {
  TFLD_ASSIGN_OR_RETURN(Call call, make(index));
  const Clock::time_point until = Clock::now() + Seconds(shared.load.warmup_seconds);
  TFLD_RETURN_IF_ERROR(call());
  while (Clock::now() < until) {
    if (!call().ok()) break;  // what comes is counted, with its failures
  }
  return call;
}

void Measure(const Call& call, Shared& shared, Client& client) {
  client.last_answer = shared.begin;
  while (const std::optional<Clock::time_point> when = shared.NextCall()) {
    if (shared.load.rate > 0) std::this_thread::sleep_until(*when);
    const Status status = call();
    client.last_answer = Clock::now();
    if (status.ok()) {
      client.latencies.Add(client.last_answer - *when);
    } else if (client.failed++ == 0) {
      client.first_failure = status;
    }
  }
}

void RunClient(int index, const MakeCall& make, Shared& shared, Client& client) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // calls of an open loop begin when they should
  const Result<Call> call = WarmUp(index, make, shared);
  if (!call.ok()) {
    const std::lock_guard lock(shared.mutex);
    if (shared.setup.ok()) shared.setup = call.status();
  }
  shared.ready.count_down();
  shared.start.wait();
  if (call.ok()) Measure(*call, shared, client);
}

LoadResult Sum(const std::vector<Client>& clients, Clock::time_point begin) {
  LoadResult result;
  Clock::time_point last = begin;
  for (const Client& client : clients) {
    result.latencies.Merge(client.latencies);
    result.failed += client.failed;
    if (result.first_failure.ok()) result.first_failure = client.first_failure;
    last = std::max(last, client.last_answer);
  }
  result.seconds = std::chrono::duration<double>(last - begin).count();
  return result;
}

}  // namespace

double ArrivalTimes::Next() {
  last_ += uniform_ ? 1 / rate_ : std::exponential_distribution<double>(rate_)(random_);
  return last_;
}

Result<LoadResult> RunLoad(const Load& load, const MakeCall& make) {
  Shared shared(load);
  std::vector<Client> clients(static_cast<std::size_t>(load.clients));
  std::vector<std::thread> threads;
  threads.reserve(clients.size());
  for (int i = 0; i < load.clients; ++i) {
    try {
      threads.emplace_back([&, i] { RunClient(i, make, shared, clients[static_cast<std::size_t>(i)]); });
    } catch (const std::system_error& error) {
      const std::lock_guard lock(shared.mutex);
      shared.setup =
          ResourceExhausted(StrCat("cannot start the threads of ", load.clients, " clients: ", error.what()));
      shared.ready.count_down(load.clients - i);
      break;
    }
  }
  shared.ready.wait();
  shared.begin = Clock::now();
  shared.end = shared.setup.ok() ? shared.begin + Seconds(load.seconds) : shared.begin;
  shared.start.count_down();
  for (std::thread& thread : threads) thread.join();
  TFLD_RETURN_IF_ERROR(shared.setup);
  return Sum(clients, shared.begin);
}

}  // namespace tfld::ctl
