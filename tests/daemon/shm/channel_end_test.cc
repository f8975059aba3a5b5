// How a channel ends: with a daemon that dies, or one that closes it; and clients whom signals interrupt meanwhile.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

#include "daemon/shm/channel_connection.h"
#include "tests/daemon/shm/fake_channel.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

using std::chrono::milliseconds;

class ChannelEndTest : public testing::Test {
 protected:
  ChannelEndTest() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);
  }
  Binding Bind() const {
    auto binding = client_.Bind("model");
    if (!binding.ok()) {
      std::fprintf(stderr, "%s\n", binding.status().ToString().c_str());
      std::abort();
    }
    return std::move(*binding);
  }
  static void Interrupt(std::thread& thread) {
    ::pthread_kill(thread.native_handle(), SIGUSR1);
    std::this_thread::sleep_for(milliseconds(5));
  }

  FakeDoor door_;
  const Client client_ =
      *Client::Connect({.runtime_dir = door_.directory.path(), .transport = TransportChoice::kChannel});
};

TEST_F(ChannelEndTest, WhoIsInterruptedGetsAChannelAllTheSame) {
  Status status;
  std::thread client([&] { status = client_.Bind("model").status(); });
  for (int i = 0; i < 20; ++i) Interrupt(client);  // as it connects: the connection before it waits at the door
  FakeChannel channel(door_.AcceptHello());
  for (int i = 0; i < 20; ++i) Interrupt(client);  // as it waits for the welcome
  channel.Welcome();
  client.join();
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(ChannelEndTest, WhoIsInterruptedAllTheTimeSeesThatTheDaemonDied) {
  Status status;
  std::atomic<bool> ended = false;
  std::thread client([&] {
    Binding binding = Bind();
    status = binding.Infer();
    ended = true;
  });
  FakeChannel channel(door_.AcceptHello());
  channel.Welcome();
  channel.Take();
  channel.Die();
  for (int i = 0; i < 2'000 && !ended; ++i) Interrupt(client);
  EXPECT_TRUE(ended);
  channel.Answer();  // or it would never end
  client.join();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
}

TEST_F(ChannelEndTest, WhatWasTakenIsNotAskedForAgain) {
  Status status;
  std::thread client([&] {
    Binding binding = Bind();
    status = binding.Infer();
  });
  FakeChannel channel(door_.AcceptHello());
  channel.Welcome();
  channel.Take();
  channel.Close();
  std::this_thread::sleep_for(milliseconds(20));
  channel.Answer();
  client.join();
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(ChannelEndTest, WhatWasNotTakenIsAskedForAgainAndNotDoneBeforeItIs) {
  Status status;
  std::atomic<bool> answered = false;
  bool answered_when_done = false;
  std::thread client([&] {
    Binding binding = Bind();
    status = binding.Start();
    while (status.ok() && !binding.done()) std::this_thread::yield();
    answered_when_done = answered;
    if (status.ok()) status = binding.Wait();
  });
  FakeChannel first(door_.AcceptHello());
  first.Welcome();
  first.AwaitPost();
  first.Close();
  FakeChannel second(door_.AcceptHello());
  second.Welcome();
  second.Take();
  answered = true;
  second.Answer();
  client.join();
  EXPECT_TRUE(answered_when_done);
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(ChannelEndTest, ARequestThatWasGivenUpIsOverWithItsDaemon) {
  Status late, status;
  std::thread client([&] {
    Binding binding = Bind();
    late = binding.Infer({.timeout = milliseconds(20)});
    status = binding.Infer();
  });
  FakeChannel first(door_.AcceptHello());
  first.Welcome();
  first.Take();
  std::this_thread::sleep_for(milliseconds(100));  // the second one waits for the first
  first.Die();
  FakeChannel second(door_.AcceptHello());
  second.Welcome();
  second.Take();
  second.Answer();
  client.join();
  EXPECT_EQ(late.code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(status.ok()) << status.ToString();
}

TEST_F(ChannelEndTest, ARequestsTimeoutHoldsForItsNewChannelToo) {
  Status silent, full;
  std::thread client([&] {
    Binding binding = Bind();
    EXPECT_EQ(binding.Infer().code(), StatusCode::kUnavailable);
    silent = binding.Infer({.timeout = milliseconds(20)});  // nobody answers its hello
    full = binding.Infer({.timeout = milliseconds(20)});    // nor is there room at the door for another
  });
  FakeChannel channel(door_.AcceptHello());
  channel.Welcome();
  channel.Take();
  channel.Die();
  client.join();
  EXPECT_EQ(silent.code(), StatusCode::kDeadlineExceeded) << silent.ToString();
  EXPECT_EQ(full.code(), StatusCode::kDeadlineExceeded) << full.ToString();
}

// The first request is in the middle of its end, and the second one waits, as an idle channel is ended.
TEST(ChannelConnection, WhatCameAsItsChannelWasEndedIsAnswered) {
  BlockingObserver observer;
  ShmFixture fixture({}, &observer);
  daemon::ShmContext context;
  context.scheduler = &fixture.scheduler;
  context.map = &fixture.map;
  context.observers = {&observer};
  context.readiness = &fixture.readiness;
  const FakeDoor door;
  RawClient client(door.path);
  daemon::ChannelConnection connection(door.Accept(), {}, std::chrono::steady_clock::now());
  std::thread opener([&] { client.Open("echo", 2); });
  while (connection.channel() == nullptr) ASSERT_TRUE(connection.OnReadable(context, {}, 1 << 20));
  opener.join();
  client.slot(0).request = {};
  std::atomic_ref(client.slot(0).state).store(channel::kPosted);
  std::atomic_ref(client.header().posted).store(1);
  client.Post(1, 2);  // rings for both
  observer.told.wait(0);
  EXPECT_FALSE(connection.End());
  EXPECT_EQ(std::atomic_ref(client.header().state).load(), channel::kClosed);
  observer.Release();
  for (const std::size_t slot : {0, 1}) {
    client.Await(slot);
    EXPECT_EQ(client.slot(slot).answer.code, 0U);
  }
  while (!connection.End()) std::this_thread::yield();
}

}  // namespace
}  // namespace tfld::test
