// Tracer: keeps what happened to single requests, for those who want to see it: whoever traces for a while, each with
// a rate of their own, and the trace settings, whose samples stay until newer ones replace them.
//
// Requests are timed anyway, so what is traced is decided when a request has ended. While nobody traces, that costs two
// relaxed loads; otherwise a short lock and a copy into memory that was reserved before.
//
// Thread rule: any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/scheduler/request_observer.h"
#include "daemon/telemetry/watcher_list.h"
#include "engine/base/cut_text.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class TraceSettings;

// A text of limited length that needs no allocation; what is longer is cut.
template <std::size_t size>
class ShortText {
 public:
  void operator=(std::string_view text) {
    length_ = static_cast<std::uint8_t>(CutText(text, size).copy(text_.data(), size));
  }
  std::string_view view() const { return {text_.data(), length_}; }

 private:
  static_assert(size < 256);
  std::array<char, size> text_;
  std::uint8_t length_ = 0;
};

struct RequestTrace {
  ShortText<63> model, id;
  ShortText<15> transport;
  std::uint64_t version = 0;
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
  StatusCode code = StatusCode::kOk;
  PriorityClass priority = PriorityClass::kNormal;
  int batch_size = 1;
  SteadyTime received{};
  JobTimes times;
};

struct TraceOptions {
  std::string model{};      // empty for all
  std::uint32_t rate = 1;   // every so many requests one
  std::uint64_t count = 0;  // how many until it is over; 0 for no end
};

// One who traces; it is over when this is destroyed.
class TraceSession {
 public:
  static constexpr std::size_t kCapacity = 2048;  // traces that wait to be taken; more are lost

  explicit TraceSession(TraceOptions options);

  // Replaces `out` by what was traced since the last call, oldest first; waits for at most `wait` if that is nothing.
  // False when there will be no more.
  bool Take(std::vector<RequestTrace>& out, std::chrono::milliseconds wait);
  // How many were lost because nobody took them in time.
  std::uint64_t lost() const;

 private:
  friend class WatcherList<TraceSession>;
  void Offer(const FinishedRequest& request);
  void Close();

  const TraceOptions options_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable closed_changed_;
  std::vector<RequestTrace> waiting_;
  std::uint64_t seen_ = 0, traced_ = 0, lost_ = 0;
  bool closed_ = false;
};

class Tracer final : public RequestObserver {
 public:
  static constexpr std::size_t kMaxSessions = 4;
  static constexpr std::size_t kRecent = 512;

  explicit Tracer(TraceSettings& settings) : settings_(settings) {}

  void OnRequest(const FinishedRequest& request) override;

  // RESOURCE_EXHAUSTED when too many trace already, UNAVAILABLE after Close.
  Result<std::shared_ptr<TraceSession>> Start(const TraceOptions& options);
  // The newest that the settings had traced, oldest first.
  std::vector<RequestTrace> Recent() const;
  // Ends all sessions, for good.
  void Close();

 private:
  void Keep(const FinishedRequest& request);

  TraceSettings& settings_;
  std::atomic<bool> sessions_on_ = false;  // written under the lock; some session may be there
  mutable std::mutex mutex_;               // guards what follows
  WatcherList<TraceSession> sessions_{kMaxSessions, "traces are made"};
  std::vector<RequestTrace> recent_;  // a ring once it is full
  std::size_t next_ = 0;
};

}  // namespace tfld::daemon
