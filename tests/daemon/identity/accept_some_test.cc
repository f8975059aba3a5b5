#include "daemon/identity/accept_some.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "daemon/system/sockets.h"
#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

class AcceptSomeTest : public testing::Test {
 protected:
  ~AcceptSomeTest() override {
    for (const int descriptor : admitted_) ::close(descriptor);
    for (const int descriptor : clients_) ::close(descriptor);
  }

  void Connect(int client) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }

  int NewClient() {
    clients_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return clients_.back();
  }

  bool Accept() {
    return AcceptSome(listening_->descriptor(), [this](int descriptor) { admitted_.push_back(descriptor); });
  }

  bool SomebodyWaits() const {
    pollfd polled{listening_->descriptor(), POLLIN, 0};
    return ::poll(&polled, 1, 0) == 1;
  }

  const test::TempDir directory_;
  const std::string path_ = directory_ / "s";
  const Result<ListeningSocket> listening_ = ListenUnix(directory_.path(), "s", 0600, "");
  std::vector<int> clients_, admitted_;
};

TEST_F(AcceptSomeTest, WhereNobodyWaitsNobodyIsAdmitted) {
  EXPECT_TRUE(Accept());
  EXPECT_TRUE(admitted_.empty());
}

TEST_F(AcceptSomeTest, OfAFloodSomeAreAdmittedAtATime) {
  constexpr std::size_t kFlood = 50;
  for (std::size_t i = 0; i < kFlood; ++i) Connect(NewClient());
  EXPECT_TRUE(Accept());
  EXPECT_LE(admitted_.size(), kFlood / 2);
  EXPECT_TRUE(SomebodyWaits());
  while (SomebodyWaits()) ASSERT_TRUE(Accept());
  EXPECT_EQ(admitted_.size(), kFlood);
}

TEST_F(AcceptSomeTest, WhatIsAdmittedDoesNotBlockAndIsNotInherited) {
  Connect(NewClient());
  ASSERT_TRUE(Accept());
  ASSERT_EQ(admitted_.size(), 1u);
  EXPECT_NE(::fcntl(admitted_[0], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(admitted_[0], F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(AcceptSomeTest, WithoutDescriptorsWhoeverWaitsGoesOnWaiting) {
  const int client = NewClient();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  rlimit lower = limit;
  lower.rlim_cur = std::min<rlim_t>(limit.rlim_cur, 256);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lower), 0);
  std::vector<int> taken;
  for (int descriptor = 0; (descriptor = ::dup(client)) >= 0;) taken.push_back(descriptor);
  Connect(client);
  EXPECT_FALSE(Accept());
  for (const int descriptor : taken) ::close(descriptor);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(admitted_.empty());
  EXPECT_TRUE(Accept());
  EXPECT_EQ(admitted_.size(), 1u);
}

}  // namespace
}  // namespace tfld::daemon
