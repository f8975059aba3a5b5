#include "daemon/telemetry/tracer.h"

#include <algorithm>
#include <utility>

#include "daemon/telemetry/trace_settings.h"

namespace tfld::daemon {
namespace {

void Fill(const FinishedRequest& request, RequestTrace& trace) {
  trace.model = request.model;
  trace.id = request.id;
  trace.transport = request.transport;
  trace.version = request.version;
  trace.uid = request.uid;
  trace.pid = request.pid;
  trace.code = request.code;
  trace.priority = request.priority;
  trace.batch_size = request.times.batch_size;
  trace.received = request.received;
  trace.times = request.times;
}

}  // namespace

TraceSession::TraceSession(TraceOptions options) : options_(std::move(options)) { waiting_.reserve(kCapacity); }

void TraceSession::Offer(const FinishedRequest& request) {
  if (!options_.model.empty() && request.model != options_.model) return;
  const std::lock_guard lock(mutex_);
  if (closed_ || seen_++ % std::max(options_.rate, 1u) != 0) return;
  if (waiting_.size() == kCapacity) {
    ++lost_;
    return;
  }
  Fill(request, waiting_.emplace_back());
  if (++traced_ != options_.count) return;
  closed_ = true;
  closed_changed_.notify_all();
}

// The two vectors change places, so that what requests write into was reserved by whoever reads.
bool TraceSession::Take(std::vector<RequestTrace>& out, std::chrono::milliseconds wait) {
  out.clear();
  out.reserve(kCapacity);
  std::unique_lock lock(mutex_);
  if (waiting_.empty()) closed_changed_.wait_for(lock, wait, [this] { return closed_; });
  std::swap(waiting_, out);
  return !closed_ || !out.empty();
}

std::uint64_t TraceSession::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void TraceSession::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  closed_changed_.notify_all();
}

void Tracer::OnRequest(const FinishedRequest& request) {
  if (settings_.any() && settings_.Sample(request.model)) Keep(request);
  if (!sessions_on_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  sessions_.Offer(request);
  if (sessions_.empty()) sessions_on_.store(false, std::memory_order_relaxed);
}

void Tracer::Keep(const FinishedRequest& request) {
  const std::lock_guard lock(mutex_);
  if (recent_.capacity() == 0) recent_.reserve(kRecent);
  if (recent_.size() < kRecent) {
    Fill(request, recent_.emplace_back());
  } else {
    Fill(request, recent_[next_]);
    next_ = (next_ + 1) % kRecent;
  }
}

Result<std::shared_ptr<TraceSession>> Tracer::Start(const TraceOptions& options) {
  auto session = std::make_shared<TraceSession>(options);
  const std::lock_guard lock(mutex_);
  TFLD_RETURN_IF_ERROR(sessions_.Add(session));
  sessions_on_.store(true, std::memory_order_relaxed);
  return session;
}

std::vector<RequestTrace> Tracer::Recent() const {
  const std::lock_guard lock(mutex_);
  std::vector<RequestTrace> recent(recent_.begin() + static_cast<std::ptrdiff_t>(next_), recent_.end());
  recent.insert(recent.end(), recent_.begin(), recent_.begin() + static_cast<std::ptrdiff_t>(next_));
  return recent;
}

void Tracer::Close() {
  const std::lock_guard lock(mutex_);
  sessions_.Close();
}

}  // namespace tfld::daemon
