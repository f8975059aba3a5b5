// Clients that break every rule: the daemon answers the others all the same, and keeps nothing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <thread>

#include "tests/daemon/shm/raw_client.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

// A client that keeps the rules gets right answers.
void ExpectServes(const ShmFixture& fixture) {
  Binding binding = *fixture.Connect().Bind("echo");
  (*binding.Input<float>(0))[2] = 42;
  const Status status = binding.Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ((*binding.Output<float>(0))[2], 42);
}

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(HostileClient, AWrongHelloIsRefused) {
  const ShmFixture fixture;
  const auto code = [&](const auto& change) {
    channel::Hello hello = GoodHello("echo");
    change(hello);
    RawClient client(fixture.path);
    EXPECT_TRUE(client.Send(hello));
    return static_cast<StatusCode>(client.ReceiveCode());
  };
  EXPECT_EQ(code([](auto& hello) { hello.magic = 1; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](auto& hello) { hello.protocol = 2; }), StatusCode::kUnimplemented);
  EXPECT_EQ(code([](auto& hello) { hello.reserved = 1; }), StatusCode::kUnimplemented);
  EXPECT_EQ(code([](auto& hello) { hello.slots = 0; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](auto& hello) { hello.slots = 0xFFFFFFFF; }), StatusCode::kResourceExhausted);
  EXPECT_EQ(code([](auto& hello) { std::memset(hello.model, 'x', sizeof(hello.model)); }),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](auto& hello) { std::memset(hello.version, 'x', sizeof(hello.version)); }),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(code([](auto& hello) { hello.model[0] = '\xFF'; }), StatusCode::kNotFound);
  ExpectServes(fixture);
}

TEST(HostileClient, PacketsOfOtherSizesAreRefused) {
  const ShmFixture fixture;
  for (const std::size_t size : {1UL, 399UL, 401UL, 65536UL}) {
    RawClient client(fixture.path);
    ASSERT_TRUE(client.Send(std::vector<std::byte>(size)));
    EXPECT_EQ(static_cast<StatusCode>(client.ReceiveCode()), StatusCode::kInvalidArgument) << size;
    EXPECT_TRUE(client.Receive().empty());
  }
  ExpectServes(fixture);
}

TEST(HostileClient, DescriptorsThatItPassesAreNotKept) {
  const ShmFixture fixture;
  ExpectServes(fixture);
  fixture.AwaitChannels(0);
  const std::size_t before = OpenDescriptors();
  for (int round = 0; round < 20; ++round) {
    RawClient client(fixture.path);
    const channel::Hello hello = GoodHello("echo");
    const std::vector<int> descriptors(16, STDIN_FILENO);
    ASSERT_TRUE(client.Send(std::as_bytes(std::span(&hello, 1)), descriptors));
    EXPECT_EQ(client.ReceiveCode(), 0U);
  }
  while (OpenDescriptors() > before) std::this_thread::yield();
}

TEST(HostileClient, ASecondPacketEndsTheChannel) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 2);
  client.Post(0, 1);
  ASSERT_TRUE(client.Send(GoodHello("echo")));
  EXPECT_TRUE(client.Receive().empty());
  EXPECT_EQ(std::atomic_ref(client.header().state).load(), channel::kClosed);
  fixture.AwaitChannels(0);
  client.Post(1, 2);  // nobody listens any more
  ExpectServes(fixture);
}

TEST(HostileClient, ASilentOneIsClosed) {
  const ShmFixture fixture({.hello_timeout = std::chrono::milliseconds(1)});
  RawClient client(fixture.path);
  EXPECT_TRUE(client.Receive().empty());
}

TEST(HostileClient, TheMemoryCannotBeMadeSmaller) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 1);
  EXPECT_NE(::ftruncate(client.memory_descriptor(), 0), 0);
  EXPECT_NE(::ftruncate(client.memory_descriptor(), 1 << 30), 0);
  EXPECT_NE(::fcntl(client.memory_descriptor(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  // Holes read as zero.
  const auto size = static_cast<off_t>(client.memory().size());
  EXPECT_EQ(::fallocate(client.memory_descriptor(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size), 0);
  client.Post(0, 7);
  client.Await(0);
  EXPECT_EQ(client.slot(0).answer.id, 7U);
  EXPECT_EQ(client.slot(0).answer.code, 0U);
}

// The memory counts as the daemon's: of the machine's memory, but no longer of the user's limit.
TEST(HostileClient, TheMemoryOfOneThatIsGoneIsFreedThoughSomebodyKeepsIt) {
  const ShmFixture fixture;
  int kept = -1;
  std::size_t header = 0;
  {
    RawClient client(fixture.path);
    client.Open("echo", 4);
    client.Post(0, 1);
    client.Await(0);
    kept = ::dup(client.memory_descriptor());
    header = client.welcome().slot_offset;
  }
  const auto bytes = [kept] {
    struct stat info {};
    EXPECT_EQ(::fstat(kept, &info), 0);
    return static_cast<std::size_t>(info.st_blocks) * 512;
  };
  while (bytes() > header) std::this_thread::yield();
  ::close(kept);
  ExpectServes(fixture);
}

TEST(HostileClient, WordsOfARequestAreJudged) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 1);
  const auto code = [&](std::int64_t deadline_ns, std::uint32_t priority) {
    client.Post(0, 1, deadline_ns, priority);
    client.Await(0);
    return static_cast<StatusCode>(client.slot(0).answer.code);
  };
  EXPECT_EQ(code(0, 4), StatusCode::kInvalidArgument);
  EXPECT_EQ(code(0, 0xFFFFFFFF), StatusCode::kInvalidArgument);
  EXPECT_EQ(code(std::numeric_limits<std::int64_t>::min(), 0), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(code(std::numeric_limits<std::int64_t>::max(), 0), StatusCode::kOk);
  EXPECT_EQ(code(1, 1), StatusCode::kDeadlineExceeded);
  EXPECT_EQ(code(0, 0), StatusCode::kOk);
}

TEST(HostileClient, TheDoorbellIsNoTrap) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 1);
  // A read of it would block the executor now; and a full counter is as good as any.
  ASSERT_EQ(::fcntl(client.doorbell(), F_SETFL, 0), 0);
  eventfd_t count = 0;
  client.Ring();
  ASSERT_EQ(::eventfd_read(client.doorbell(), &count), 0);
  for (int i = 0; i < 1000; ++i) client.Ring();
  ASSERT_EQ(::eventfd_read(client.doorbell(), &count), 0);
  ASSERT_EQ(::eventfd_write(client.doorbell(), std::numeric_limits<eventfd_t>::max() - 1), 0);
  std::atomic_ref(client.header().posted).store(~std::uint64_t{0});  // bits of slots that there are not
  ASSERT_EQ(::eventfd_read(client.doorbell(), &count), 0);
  client.Post(0, 5);
  client.Await(0);
  EXPECT_EQ(client.slot(0).answer.code, 0U);
  ExpectServes(fixture);
}

TEST(HostileClient, ASlotThatIsPostedTwiceIsAnsweredOnceAtATime) {
  const ShmFixture fixture;
  RawClient client(fixture.path);
  client.Open("echo", 4);
  for (std::uint64_t round = 1; round <= 500; ++round) {
    for (std::size_t slot = 0; slot < 4; ++slot) {
      for (int times = 0; times < 3; ++times) client.Post(slot, round);
    }
  }
  for (std::size_t slot = 0; slot < 4; ++slot) {
    client.Await(slot);
    client.Post(slot, 77);
  }
  ExpectServes(fixture);
}

TEST(HostileClient, OnesThatDieAtAnyPointLeaveNothing) {
  const ShmFixture fixture;
  ExpectServes(fixture);
  fixture.AwaitChannels(0);
  const std::size_t before = OpenDescriptors();
  std::mt19937 dice(1);
  for (int round = 0; round < 300; ++round) {
    RawClient client(fixture.path);
    if (dice() % 8 == 0) continue;
    if (dice() % 8 == 0) {
      client.Send(GoodHello("echo"));  // and does not wait for the answer
      continue;
    }
    client.Open("echo", 3);
    for (auto posts = dice() % 5; posts > 0; --posts) client.Post(dice() % 3, posts);
    if (dice() % 2 == 0) client.slot(0).request.cancelled = 1;
  }
  ExpectServes(fixture);
  fixture.AwaitChannels(0);
  while (OpenDescriptors() > before) std::this_thread::yield();  // requests under way held the last ones
}

// The first request is in the middle of its end, and the second one waits, as the server goes.
TEST(HostileClient, RequestsUnderWayOutliveTheServer) {
  BlockingObserver observer;
  ShmFixture fixture({}, &observer);
  RawClient client(fixture.path);
  client.Open("echo", 2);
  std::atomic_ref(client.slot(0).state).store(channel::kPosted);
  std::atomic_ref(client.header().posted).store(1);
  client.Post(1, 2);  // rings for both
  observer.told.wait(0);
  fixture.server.reset();
  observer.Release();
  client.Await(0);
  client.Await(1);
  EXPECT_EQ(observer.told, 2);
}

TEST(HostileClient, OneThatStopsHoldsNobodyUp) {
  const ShmFixture fixture;
  RawClient stopped(fixture.path);
  stopped.Open("echo", 4);
  for (std::size_t slot = 0; slot < 4; ++slot) {
    stopped.slot(slot).sleepers = slot == 3 ? ~0U : 1;  // says that it sleeps, and never looks
    stopped.Post(slot, 1);
  }
  RawClient deaf(fixture.path);
  deaf.Send(GoodHello("echo"));  // never reads its welcome
  for (int round = 0; round < 20; ++round) ExpectServes(fixture);
}

}  // namespace
}  // namespace tfld::test
