#include "daemon/rpc/callback_threads.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <chrono>
#include <latch>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/daemon/rpc/own_threads.h"
#include "tests/daemon/rpc/rpc_fixture.h"

namespace tfld::daemon {
namespace {

using test::FirstWord;
using test::ThreadsOfCallbacks;

RpcServerOptions Tending() {
  RpcServerOptions options;
  options.tends_threads = true;
  return options;
}

bool Ready(inference::GRPCInferenceService::Stub& stub) {
  grpc::ClientContext context;
  inference::ServerReadyResponse response;
  return stub.ServerReady(&context, {}, &response).ok() && response.ready();
}

// The threads that callbacks of so many calls run on, one call after the other.
std::set<std::thread::id> ThreadsOf(int calls, inference::GRPCInferenceService::Stub& stub) {
  std::set<std::thread::id> threads;
  for (int i = 0; i < calls; ++i) {
    grpc::ClientContext context;
    inference::ServerReadyRequest request;
    inference::ServerReadyResponse response;
    std::latch ended(1);
    stub.async()->ServerReady(&context, &request, &response, [&](const grpc::Status& status) {
      EXPECT_TRUE(status.ok()) << status.error_message();
      threads.insert(std::this_thread::get_id());
      ended.count_down();
    });
    ended.wait();
  }
  return threads;
}

TEST(CallbackThreadsTest, OneIsHeldBack) {
  const test::RpcFixture fixture(Tending());
  const auto stub = fixture.NewStub();
  ASSERT_TRUE(Ready(*stub));
  const std::size_t all = ThreadsOfCallbacks().size();
  if (all == 0) GTEST_SKIP() << "this version of gRPC has no threads of this kind";
  std::size_t running = all;  // until the one is held, each may run callbacks
  for (int round = 0; round < 20 && running >= all; ++round) running = ThreadsOf(200, *stub).size();
  EXPECT_LT(running, all);
}

TEST(CallbackThreadsTest, NoneNapsWhileNobodyAsks) {
  const test::RpcFixture fixture(Tending());
  ASSERT_TRUE(Ready(*fixture.NewStub()));
  const auto threads = ThreadsOfCallbacks();
  if (threads.empty()) GTEST_SKIP() << "this version of gRPC has no threads of this kind";
  if (FirstWord(threads[0] / "syscall").empty()) GTEST_SKIP() << "the kernel does not say what a thread waits in";
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2500);  // naps come each second
  int naps = 0, looks = 0;
  while (std::chrono::steady_clock::now() < end) {
    for (const auto& thread : threads) {
      const std::string call = FirstWord(thread / "syscall");
      naps += call == std::to_string(SYS_clock_nanosleep) || call == std::to_string(SYS_nanosleep) ? 1 : 0;
      ++looks;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // a nap takes 100
  }
  EXPECT_EQ(naps, 0) << "of " << looks << " looks";
}

TEST(CallbackThreadsTest, LetsTheThreadGoAtTheEnd) {
  for (int i = 0; i < 3; ++i) {
    const test::RpcFixture fixture(Tending());
    const auto stub = fixture.NewStub();
    EXPECT_TRUE(Ready(*stub));
  }
}

}  // namespace
}  // namespace tfld::daemon
