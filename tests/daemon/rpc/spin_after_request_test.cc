#include "daemon/rpc/spin_after_request.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/daemon/rpc/own_threads.h"
#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// How often the calling thread has gone to sleep.
long Sleeps() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

// A thread that waits for what `after` a while writes to its descriptor.
class Waiter {
 public:
  Waiter() {
    epoll_event event{.events = EPOLLIN, .data = {}};
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &event);
  }
  ~Waiter() {
    ::close(event_);
    ::close(epoll_);
  }

  // Whether it slept meanwhile.
  bool SleepsFor(nanoseconds after) const {
    std::thread writer([&] {
      std::this_thread::sleep_for(after);
      ::eventfd_write(event_, 1);
    });
    epoll_event event{};
    const long before = Sleeps();
    EXPECT_EQ(::epoll_wait(epoll_, &event, 1, 10'000), 1);
    const bool slept = Sleeps() > before;
    writer.join();
    eventfd_t value = 0;
    ::eventfd_read(event_, &value);
    return slept;
  }

 private:
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  const int event_ = ::eventfd(0, EFD_CLOEXEC);
};

TEST(SpinAfterRequest, AThreadThatHasServedLooksForTheNextRequest) {
  const Waiter waiter;
  EXPECT_TRUE(waiter.SleepsFor(milliseconds(50))) << "it has served nothing yet";
  { const SpinAfterRequest spins(milliseconds(5000)); }
  EXPECT_FALSE(waiter.SleepsFor(milliseconds(50)));
  EXPECT_FALSE(waiter.SleepsFor(milliseconds(50))) << "other events come, too, before the next request does";
}

TEST(SpinAfterRequest, ThenItSleeps) {
  const Waiter waiter;
  { const SpinAfterRequest spins(milliseconds(1)); }
  EXPECT_TRUE(waiter.SleepsFor(milliseconds(50)));
}

TEST(SpinAfterRequest, ZeroIsNever) {
  const Waiter waiter;
  { const SpinAfterRequest spins(nanoseconds(0)); }
  EXPECT_TRUE(waiter.SleepsFor(milliseconds(50)));
}

TEST(SpinAfterRequest, SpinsThatMeetNothingAreGivenUpAndTriedAgain) {
  const Waiter waiter;
  const auto serve = [](nanoseconds longest, nanoseconds gap) {
    std::this_thread::sleep_for(gap);
    const SpinAfterRequest spins(longest);
  };
  for (int i = 0; i < 4; ++i) serve(nanoseconds(1), milliseconds(1));  // each ends before the next request
  serve(milliseconds(5000), nanoseconds(0));
  EXPECT_TRUE(waiter.SleepsFor(milliseconds(50)));
  for (int i = 0; i < 1100; ++i) serve(milliseconds(5000), nanoseconds(0));
  EXPECT_FALSE(waiter.SleepsFor(milliseconds(50)));
}

// The epoll_wait of this program is the one that gRPC calls.
TEST(SpinAfterRequest, AThreadOfGrpcDoes) {
  RpcServerOptions options;
  options.tends_threads = true;
  const auto looks_after_a_request = [&](nanoseconds spin) {
    const test::RpcFixture fixture(options, false, spin);
    const auto stub = fixture.NewStub();
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    EXPECT_TRUE(stub->ModelInfer(&context, test::EchoRequest(), &response).ok());
    int looks = 0;
    for (int i = 0; i < 20; ++i) {
      std::this_thread::sleep_for(milliseconds(5));
      const auto threads = test::ThreadsOfCallbacks();
      looks += std::ranges::any_of(threads, [](const auto& thread) { return test::StateOf(thread) == 'R'; }) ? 1 : 0;
    }
    return looks;
  };
  EXPECT_LT(looks_after_a_request(nanoseconds(0)), 10);
  EXPECT_GT(looks_after_a_request(milliseconds(5000)), 15);
}

}  // namespace
}  // namespace tfld::daemon
