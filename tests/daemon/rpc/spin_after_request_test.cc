#include "daemon/rpc/spin_after_request.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <ctime>
#include <thread>

#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

nanoseconds CpuTime(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
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

  // The processor time that the wait took.
  nanoseconds Wait(nanoseconds after) const {
    std::thread writer([&] {
      std::this_thread::sleep_for(after);
      ::eventfd_write(event_, 1);
    });
    epoll_event event{};
    const nanoseconds began = CpuTime(CLOCK_THREAD_CPUTIME_ID);
    EXPECT_EQ(::epoll_wait(epoll_, &event, 1, 10'000), 1);
    const nanoseconds took = CpuTime(CLOCK_THREAD_CPUTIME_ID) - began;
    writer.join();
    eventfd_t value = 0;
    ::eventfd_read(event_, &value);
    return took;
  }

 private:
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  const int event_ = ::eventfd(0, EFD_CLOEXEC);
};

// Sleeping takes a small part of a millisecond, also on a machine that does much else.
constexpr nanoseconds kMuch = milliseconds(3);

TEST(SpinAfterRequest, AThreadThatHasServedLooksForTheNextRequest) {
  const Waiter waiter;
  EXPECT_LT(waiter.Wait(milliseconds(50)), kMuch) << "it has served nothing yet";
  { const SpinAfterRequest spins(milliseconds(5000)); }
  EXPECT_GT(waiter.Wait(milliseconds(50)), kMuch);
  EXPECT_GT(waiter.Wait(milliseconds(50)), kMuch) << "other events come, too, before the next request does";
}

TEST(SpinAfterRequest, ThenItSleeps) {
  const Waiter waiter;
  { const SpinAfterRequest spins(milliseconds(1)); }
  EXPECT_LT(waiter.Wait(milliseconds(50)), kMuch);
}

TEST(SpinAfterRequest, ZeroIsNever) {
  const Waiter waiter;
  { const SpinAfterRequest spins(nanoseconds(0)); }
  EXPECT_LT(waiter.Wait(milliseconds(50)), kMuch);
}

TEST(SpinAfterRequest, SpinsThatMeetNothingAreGivenUpAndTriedAgain) {
  const Waiter waiter;
  const auto serve = [](nanoseconds longest, nanoseconds gap) {
    std::this_thread::sleep_for(gap);
    const SpinAfterRequest spins(longest);
  };
  for (int i = 0; i < 4; ++i) serve(nanoseconds(1), milliseconds(1));  // each ends before the next request
  serve(milliseconds(5000), nanoseconds(0));
  EXPECT_LT(waiter.Wait(milliseconds(50)), kMuch);
  for (int i = 0; i < 1100; ++i) serve(milliseconds(5000), nanoseconds(0));
  EXPECT_GT(waiter.Wait(milliseconds(50)), kMuch);
}

// The epoll_wait of this program is the one that gRPC calls.
TEST(SpinAfterRequest, AThreadOfGrpcDoes) {
  RpcServerOptions options;
  options.tends_threads = true;
  const auto after_a_request = [&](nanoseconds spin) {
    const test::RpcFixture fixture(options, false, spin);
    const auto stub = fixture.NewStub();
    grpc::ClientContext context;
    inference::ModelInferResponse response;
    EXPECT_TRUE(stub->ModelInfer(&context, test::EchoRequest(), &response).ok());
    std::this_thread::sleep_for(milliseconds(20));  // until the client's threads have nothing to do either
    const nanoseconds began = CpuTime(CLOCK_PROCESS_CPUTIME_ID);
    std::this_thread::sleep_for(milliseconds(200));
    return CpuTime(CLOCK_PROCESS_CPUTIME_ID) - began;
  };
  EXPECT_LT(after_a_request(nanoseconds(0)), milliseconds(10));
  EXPECT_GT(after_a_request(milliseconds(5000)), milliseconds(20));
}

}  // namespace
}  // namespace tfld::daemon
