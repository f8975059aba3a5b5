#include "daemon/identity/accept_some.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "daemon/system/sockets.h"
#include "tests/support/no_descriptors.h"
#include "tests/support/temp_dir.h"
#include "tests/support/unix_socket.h"

namespace tfld::daemon {
namespace {

class AcceptSomeTest : public testing::Test {
 protected:
  ~AcceptSomeTest() override {
    for (const int descriptor : admitted_) ::close(descriptor);
    for (const int descriptor : clients_) ::close(descriptor);
  }

  int NewClient() {
    clients_.push_back(test::NewClient());
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
  for (std::size_t i = 0; i < kFlood; ++i) ASSERT_TRUE(test::ConnectBy(NewClient(), path_));
  EXPECT_TRUE(Accept());
  EXPECT_LE(admitted_.size(), kFlood / 2);
  EXPECT_TRUE(SomebodyWaits());
  while (SomebodyWaits()) ASSERT_TRUE(Accept());
  EXPECT_EQ(admitted_.size(), kFlood);
}

TEST_F(AcceptSomeTest, WhatIsAdmittedDoesNotBlockAndIsNotInherited) {
  ASSERT_TRUE(test::ConnectBy(NewClient(), path_));
  ASSERT_TRUE(Accept());
  ASSERT_EQ(admitted_.size(), 1u);
  EXPECT_NE(::fcntl(admitted_[0], F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(admitted_[0], F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(AcceptSomeTest, WithoutDescriptorsWhoeverWaitsGoesOnWaiting) {
  const int client = NewClient();
  {
    const test::NoDescriptors none(client);
    ASSERT_TRUE(test::ConnectBy(client, path_));
    EXPECT_FALSE(Accept());
  }
  EXPECT_TRUE(admitted_.empty());
  EXPECT_TRUE(Accept());
  EXPECT_EQ(admitted_.size(), 1u);
}

}  // namespace
}  // namespace tfld::daemon
