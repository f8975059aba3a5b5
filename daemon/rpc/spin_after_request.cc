#include "daemon/rpc/spin_after_request.h"

#include <dlfcn.h>
#include <sched.h>
#include <sys/epoll.h>

#include <bit>
#include <cstdint>

namespace tfld::daemon {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

using EpollWait = int (*)(int, epoll_event*, int, int);

// What a thread has learned of its spins. They go on while most of the last eight met the next request; where they do
// not, some are tried again now and then. AdaptiveSpin, which compares a single sleep with the spins, learns the wrong
// thing here: of two processors that are seldom idle both wake up quickly, once.
class SpinHistory {
 public:
  bool Spins() {
    if (std::popcount(met_) < kMostOfEight && ++slept_ % kBetweenTries == 0) met_ = 0xff;
    return std::popcount(met_) >= kMostOfEight;
  }
  void Record(bool met) { met_ = static_cast<std::uint8_t>((met_ << 1) | (met ? 1 : 0)); }

 private:
  static constexpr int kMostOfEight = 6;
  static constexpr std::uint32_t kBetweenTries = 1024;

  std::uint8_t met_ = 0xff;
  std::uint32_t slept_ = 0;
};

struct Wait {
  steady_clock::time_point began{};
  nanoseconds spin{0};
};

thread_local SpinHistory t_history;
thread_local Wait t_wait;  // since the end of the last request

int Spin(EpollWait wait, int epoll, epoll_event* events, int most, int timeout) {
  while (steady_clock::now() - t_wait.began < t_wait.spin) {
    ::sched_yield();  // the client that is to send the next request may be on this very processor
    if (const int found = wait(epoll, events, most, 0); found != 0) return found;
  }
  return wait(epoll, events, most, timeout);
}

}  // namespace

SpinAfterRequest::SpinAfterRequest(nanoseconds longest) : longest_(longest) {
  const bool spun = t_wait.spin > nanoseconds(0);
  if (spun) t_history.Record(steady_clock::now() - t_wait.began <= t_wait.spin);
}

SpinAfterRequest::~SpinAfterRequest() {
  const bool spins = longest_ > nanoseconds(0) && t_history.Spins();
  t_wait = {steady_clock::now(), spins ? longest_ : nanoseconds(0)};
}

}  // namespace tfld::daemon

// The next one is libc's, or a sanitizer's that calls it.
extern "C" __attribute__((visibility("default"))) int epoll_wait(int epoll, epoll_event* events, int most,
                                                                 int timeout) {
  using namespace tfld::daemon;
  static const auto next = reinterpret_cast<EpollWait>(::dlsym(RTLD_NEXT, "epoll_wait"));
  const bool spins = t_wait.spin > nanoseconds(0) && timeout != 0;
  return spins ? Spin(next, epoll, events, most, timeout) : next(epoll, events, most, timeout);
}
