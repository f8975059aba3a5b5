#include "daemon/system/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

namespace tfld::daemon {
namespace {

// sd-event may join timers that are this close; its own default is a quarter of a second.
constexpr std::uint64_t kAccuracyUs = 1000;

constexpr int kTerminate[] = {SIGTERM, SIGINT, SIGHUP};

bool IsIgnored(int number) {
  struct sigaction action {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

Status SdStatus(int result, std::string_view what) { return result < 0 ? ErrnoStatus(-result, what) : Status(); }

class DescriptorWatch final : public EventLoop::Watch {
 public:
  explicit DescriptorWatch(std::function<void(std::uint32_t)> handler) : handler_(std::move(handler)) {}
  ~DescriptorWatch() override { ::sd_event_source_disable_unref(source_); }

  void SetEvents(std::uint32_t events) override { ::sd_event_source_set_io_events(source_, events); }

  Status Add(sd_event* event, int descriptor, std::uint32_t events) {
    const auto callback = [](sd_event_source*, int, std::uint32_t ready, void* self) {
      // A copy, since the handler may destroy the watch.
      const auto handler = static_cast<DescriptorWatch*>(self)->handler_;
      handler(ready);
      return 0;
    };
    return SdStatus(::sd_event_add_io(event, &source_, descriptor, events, callback, this),
                    "cannot watch a descriptor");
  }

 private:
  std::function<void(std::uint32_t)> handler_;
  sd_event_source* source_ = nullptr;
};

struct Timer {
  std::chrono::microseconds period;
  std::function<void()> handler;
  sd_event_source* source = nullptr;
};

int OnTimer(sd_event_source* source, std::uint64_t, void* data) {
  auto* timer = static_cast<Timer*>(data);
  timer->handler();
  ::sd_event_source_set_time_relative(source, static_cast<std::uint64_t>(timer->period.count()));
  return ::sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int OnSignal(sd_event_source*, const signalfd_siginfo*, void* data) {
  (*static_cast<std::function<void()>*>(data))();
  return 0;
}

}  // namespace

struct EventLoop::Impl {
  ~Impl() {
    wake_watch.reset();
    for (Timer& timer : timers) ::sd_event_source_disable_unref(timer.source);
    for (sd_event_source* source : signals) ::sd_event_source_disable_unref(source);
    if (wake >= 0) ::close(wake);
    ::sd_event_unref(event);
  }

  Status AddSignal(int number, std::function<void()> handler) {
    handlers.push_back(std::move(handler));
    sd_event_source* source = nullptr;
    TFLD_RETURN_IF_ERROR(
        SdStatus(::sd_event_add_signal(event, &source, number, OnSignal, &handlers.back()), "cannot watch a signal"));
    signals.push_back(source);
    return {};
  }

  void RunPosted() {
    std::uint64_t count = 0;
    (void)!::read(wake, &count, sizeof(count));
    std::deque<std::function<void()>> ready;
    {
      const std::lock_guard lock(mutex);
      ready.swap(posted);
    }
    for (const auto& task : ready) task();
  }

  sd_event* event = nullptr;
  int wake = -1;
  std::unique_ptr<Watch> wake_watch;
  std::list<Timer> timers;
  std::list<std::function<void()>> handlers;
  std::vector<sd_event_source*> signals;
  std::mutex mutex;
  std::deque<std::function<void()>> posted;  // guarded by mutex
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

Result<std::unique_ptr<EventLoop>> EventLoop::Create() {
  auto loop = std::unique_ptr<EventLoop>(new EventLoop());
  Impl& impl = *loop->impl_;
  TFLD_RETURN_IF_ERROR(SdStatus(::sd_event_new(&impl.event), "cannot make an event loop"));
  impl.wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (impl.wake < 0) return ErrnoStatus(errno, "cannot make an event descriptor");
  TFLD_ASSIGN_OR_RETURN(impl.wake_watch,
                        loop->WatchDescriptor(impl.wake, EPOLLIN, [&impl](std::uint32_t) { impl.RunPosted(); }));
  return loop;
}

Status EventLoop::OnTerminate(std::function<void()> handler) {
  for (const int number : kTerminate) {
    if (number != SIGHUP || !IsIgnored(number)) TFLD_RETURN_IF_ERROR(impl_->AddSignal(number, handler));
  }
  return {};
}

Result<std::unique_ptr<EventLoop::Watch>> EventLoop::WatchDescriptor(int descriptor, std::uint32_t events,
                                                                     std::function<void(std::uint32_t)> handler) {
  auto watch = std::make_unique<DescriptorWatch>(std::move(handler));
  TFLD_RETURN_IF_ERROR(watch->Add(impl_->event, descriptor, events));
  return std::unique_ptr<Watch>(std::move(watch));
}

Status EventLoop::Every(std::chrono::milliseconds period, std::function<void()> handler) {
  Timer& timer = impl_->timers.emplace_back(Timer{period, std::move(handler)});
  return SdStatus(
      ::sd_event_add_time_relative(impl_->event, &timer.source, CLOCK_MONOTONIC,
                                   static_cast<std::uint64_t>(timer.period.count()), kAccuracyUs, OnTimer, &timer),
      "cannot make a timer");
}

void EventLoop::Post(std::function<void()> task) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->posted.push_back(std::move(task));
  }
  const std::uint64_t one = 1;
  (void)!::write(impl_->wake, &one, sizeof(one));
}

Status EventLoop::Run() { return SdStatus(::sd_event_loop(impl_->event), "the event loop failed"); }

void EventLoop::Quit() {
  Post([event = impl_->event] { ::sd_event_exit(event, 0); });
}

void BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kTerminate) sigaddset(&set, number);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // To stop by it would be a success, after which systemd does not start the service again.
  if (std::getenv("NOTIFY_SOCKET") != nullptr) std::signal(SIGHUP, SIG_IGN);
}

}  // namespace tfld::daemon
