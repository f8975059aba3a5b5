#include "daemon/rpc/accept_loop.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/support/unix_socket.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;

class AcceptLoopTest : public testing::Test {
 protected:
  ~AcceptLoopTest() override {
    loop_.reset();
    for (const int descriptor : handed_over_) close(descriptor);
    for (const int descriptor : clients_) close(descriptor);
  }

  void Start(const AcceptLimits& limits = {}) {
    auto loop = AcceptLoop::Start(test::ListenOn(path_), registry_, limits, [this](int descriptor) {
      const std::lock_guard lock(mutex_);
      handed_over_.push_back(descriptor);
      changed_.notify_all();
    });
    ASSERT_TRUE(loop.ok()) << loop.status().ToString();
    loop_ = std::move(*loop);
  }

  int Connect() {
    clients_.push_back(test::ConnectTo(path_));
    return clients_.back();
  }

  // Sends the first byte and waits for the connection to be handed over; returns its descriptor there.
  int Greet(int client) {
    std::unique_lock lock(mutex_);
    const std::size_t before = handed_over_.size();
    EXPECT_EQ(write(client, "P", 1), 1);
    changed_.wait(lock, [&] { return handed_over_.size() > before; });
    return handed_over_.back();
  }

  // Whether the other side closes the connection; waits for that.
  static bool IsClosed(int client) {
    pollfd polled{client, POLLIN, 0};
    char byte = 0;
    return poll(&polled, 1, -1) == 1 && read(client, &byte, 1) <= 0;
  }

  const test::TempDir directory_;
  const std::string path_ = directory_ / "s";
  const std::shared_ptr<PeerRegistry> registry_ = std::make_shared<PeerRegistry>();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> handed_over_;
  std::vector<int> clients_;
  std::unique_ptr<AcceptLoop> loop_;
};

std::string PeerName(int descriptor) { return "fd:" + std::to_string(descriptor); }

TEST_F(AcceptLoopTest, KnowsWhoConnects) {
  Start();
  const int descriptor = Greet(Connect());
  const auto identity = registry_->Find(PeerName(descriptor));
  ASSERT_NE(identity, nullptr);
  EXPECT_EQ(identity->uid, getuid());
  EXPECT_EQ(identity->gid, getegid());
  EXPECT_EQ(identity->pid, getpid());
  EXPECT_EQ(identity->ToString(), "uid " + std::to_string(getuid()) + " pid " + std::to_string(getpid()));
  std::vector<gid_t> groups(static_cast<std::size_t>(getgroups(0, nullptr)));
  ASSERT_GE(getgroups(static_cast<int>(groups.size()), groups.data()), 0);
  EXPECT_EQ(identity->groups, groups);
}

TEST_F(AcceptLoopTest, DoesNotUseADescriptorNumberAgainSoon) {
  Start();
  std::set<int> numbers;
  for (int i = 0; i < 50; ++i) {
    const int client = test::ConnectTo(path_);
    const int descriptor = Greet(client);
    EXPECT_TRUE(numbers.insert(descriptor).second) << descriptor;
    const std::lock_guard lock(mutex_);
    close(handed_over_.back());
    handed_over_.pop_back();
    close(client);
  }
}

TEST_F(AcceptLoopTest, AClosedConnectionIsForgotten) {
  Start();
  const int descriptor = Greet(Connect());
  EXPECT_EQ(registry_->Sweep(), 1u);
  close(descriptor);
  handed_over_.clear();
  EXPECT_EQ(registry_->Sweep(), 0u);
  EXPECT_EQ(registry_->Find(PeerName(descriptor)), nullptr);
}

TEST_F(AcceptLoopTest, ClosesAConnectionThatSendsNothing) {
  AcceptLimits limits;
  limits.first_byte_timeout = milliseconds(20);
  Start(limits);
  EXPECT_TRUE(IsClosed(Connect()));
  EXPECT_EQ(registry_->Sweep(), 0u);
}

TEST_F(AcceptLoopTest, ClosesWhatIsAboveTheLimits) {
  AcceptLimits limits;
  limits.max_connections_per_user = 2;
  Start(limits);
  Greet(Connect());
  const int second = Connect();
  Greet(second);
  EXPECT_EQ(loop_->refused(), 0u);
  EXPECT_TRUE(IsClosed(Connect()));
  EXPECT_EQ(registry_->CountOf(getuid()), 2u);
  EXPECT_EQ(loop_->refused(), 1u);
}

TEST_F(AcceptLoopTest, AUserMayHaveALimitOfHisOwn) {
  AcceptLimits limits;
  limits.max_connections_per_user = 1;
  limits.users[getuid()] = 2;
  limits.users[getuid() + 1] = 0;
  Start(limits);
  Greet(Connect());
  Greet(Connect());
  EXPECT_TRUE(IsClosed(Connect()));
}

TEST_F(AcceptLoopTest, StopClosesTheSocketAndWhatWaits) {
  Start();
  const int silent = Connect();
  Greet(Connect());  // so the silent one was accepted too
  loop_->Stop();
  EXPECT_TRUE(IsClosed(silent));
  EXPECT_LT(test::ConnectTo(path_), 0);
}

TEST(PeerRegistryTest, DeniesWhatIsNoDescriptorOfIts) {
  const PeerRegistry registry;
  for (const char* peer : {"", "fd:", "fd:7", "fd:-1", "fd:7x", "unix:/run/x", "ipv4:127.0.0.1:80", "fd:99999999999"}) {
    EXPECT_EQ(registry.Find(peer), nullptr) << peer;
  }
}

}  // namespace
}  // namespace tfld::daemon
