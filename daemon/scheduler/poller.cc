#include "daemon/scheduler/poller.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::uint64_t kWakeId = 0;
// One thread does not take more than it can decode in a few microseconds; the rest is for others.
constexpr int kEventsAtOnce = 8;

int OrDie(int descriptor, const char* what) {
  if (descriptor < 0) {
    std::perror(what);
    std::abort();
  }
  return descriptor;
}

// epoll_wait itself counts milliseconds, which is too coarse for requests.
void WaitUpTo(int descriptor, std::chrono::nanoseconds timeout) {
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec limit{static_cast<std::time_t>(whole.count()), static_cast<long>((timeout - whole).count())};
  pollfd readable{descriptor, POLLIN, 0};
  ::ppoll(&readable, 1, &limit, nullptr);
}

}  // namespace

Poller::Poller()
    : epoll_(OrDie(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(OrDie(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")) {
  Status status;
  Arm(EPOLL_CTL_ADD, wake_, kWakeId, status);
  OrDie(status.ok() ? 0 : -1, "epoll_ctl");
}

Poller::~Poller() {
  close(wake_);
  close(epoll_);
}

void Poller::Arm(int operation, int descriptor, std::uint64_t id, Status& status) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  if (epoll_ctl(epoll_, operation, descriptor, &event) != 0) status = ErrnoStatus(errno, "epoll_ctl");
}

Status Poller::Watch(int descriptor, std::shared_ptr<JobSource> source) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = next_id_++;
  if (!ids_.emplace(descriptor, id).second) return AlreadyExists(StrCat("descriptor ", descriptor, " is watched"));
  auto entry = std::make_shared<Entry>();
  entry->descriptor = descriptor;
  entry->source = std::move(source);
  entries_.emplace(id, std::move(entry));
  Status status;
  Arm(EPOLL_CTL_ADD, descriptor, id, status);  // an event that comes at once waits for the lock
  if (!status.ok()) {
    entries_.erase(id);
    ids_.erase(descriptor);
    return status;
  }
  watched_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void Poller::Unwatch(int descriptor) {
  std::shared_ptr<Entry> entry;  // destroyed after the lock: it may be the source's last owner
  std::unique_lock lock(mutex_);
  const auto id = ids_.find(descriptor);
  if (id == ids_.end()) return;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  const auto found = entries_.find(id->second);
  entry = std::move(found->second);
  entries_.erase(found);
  ids_.erase(id);
  watched_.fetch_sub(1, std::memory_order_relaxed);
  entry->removed = true;
  if (entry->runner == std::this_thread::get_id()) return;
  ended_.wait(lock, [&] { return !entry->running; });
}

Poller::Found Poller::Poll(std::chrono::nanoseconds timeout) {
  const int timeout_ms = timeout == kWithoutEnd ? -1 : 0;
  if (timeout > std::chrono::nanoseconds(0) && timeout_ms == 0) WaitUpTo(epoll_, timeout);
  std::array<epoll_event, kEventsAtOnce> events;
  const int count = epoll_wait(epoll_, events.data(), kEventsAtOnce, timeout_ms);
  Found found;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;
    if (id == kWakeId) {
      found.wake_up = true;
    } else {
      ++found.sources;
      Dispatch(id);
    }
  }
  return found;
}

void Poller::Dispatch(std::uint64_t id) {
  std::shared_ptr<Entry> entry;
  std::unique_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  entry = found->second;
  if (entry->running) {
    entry->again = true;
    return;
  }
  entry->running = true;
  entry->runner = std::this_thread::get_id();
  lock.unlock();
  entry->source->OnReady();
  lock.lock();
  entry->running = false;
  entry->runner = {};
  if (entry->removed) {
    ended_.notify_all();
  } else if (std::exchange(entry->again, false)) {
    // Not called again here: a busy source would keep this thread. Arming anew makes an edge if there is still
    // something.
    Status ignored;
    Arm(EPOLL_CTL_MOD, entry->descriptor, id, ignored);
  }
  lock.unlock();
}

void Poller::Wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and even then it is readable.
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof(one));
}

}  // namespace tfld::daemon
