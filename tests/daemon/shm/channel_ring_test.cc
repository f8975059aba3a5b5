// When a client rings the doorbell of its channel.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/daemon/shm/fake_channel.h"
#include "tfld/client.h"

namespace tfld::test {
namespace {

class ChannelRingTest : public testing::Test {
 protected:
  static constexpr std::size_t kSlots = 3;

  // Binds while `daemon` welcomes.
  ChannelRingTest() {
    std::thread binds([this] {
      const Client client =
          *Client::Connect({.runtime_dir = door_.directory.path(), .transport = TransportChoice::kChannel});
      bindings_ = *client.BindSlots("model", kSlots);
    });
    daemon_ = std::make_unique<FakeChannel>(door_.AcceptHello(), kSlots);
    daemon_->Welcome();
    binds.join();
  }

  void StartAll() {
    for (Binding& binding : bindings_) ASSERT_TRUE(binding.Start().ok());
  }
  void AnswerAll() {
    for (std::size_t i = 0; i < kSlots; ++i) daemon_->Answer(i);
    for (Binding& binding : bindings_) ASSERT_TRUE(binding.Wait().ok());
  }

  FakeDoor door_;
  std::unique_ptr<FakeChannel> daemon_;
  std::vector<Binding> bindings_;
};

TEST_F(ChannelRingTest, RequestsThatFollowBeforeTheDaemonHasLookedNeedNoRing) {
  StartAll();
  EXPECT_EQ(daemon_->Rings(), 1u);
  daemon_->Take();
  AnswerAll();
  StartAll();
  EXPECT_EQ(daemon_->Rings(), 1u);
  daemon_->Take();
  AnswerAll();
}

TEST_F(ChannelRingTest, EachRequestRingsThatComesAfterTheDaemonHasLooked) {
  for (Binding& binding : bindings_) {
    ASSERT_TRUE(binding.Start().ok());
    EXPECT_EQ(daemon_->Rings(), 1u);
    daemon_->Take();
  }
  AnswerAll();
}

}  // namespace
}  // namespace tfld::test
