// Memory that changes while the daemon reads it: every word of the headers and every tensor, all the time. Whatever is
// read counts as it was read; nothing is out of bounds, and another client's answers stay right.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include "tests/daemon/shm/raw_client.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

// Requests of the client whose memory is scribbled on: a million with TFLD_LONG_TESTS.
int Rounds() { return std::getenv("TFLD_LONG_TESTS") != nullptr ? 1'000'000 : 10'000; }

// Writes at random places of the memory, half of the time words that mean something.
class Scribbler {
 public:
  Scribbler(const RawClient& client, unsigned seed) : client_(client), dice_(seed), thread_([this] { Scribble(); }) {}
  ~Scribbler() {
    stop_ = true;
    thread_.join();
  }

 private:
  void Scribble() {
    while (!stop_.load(std::memory_order_relaxed)) {
      const std::span<std::byte> memory = client_.memory();
      const bool in_headers = dice_() % 2 == 0;
      std::byte* const base = in_headers ? reinterpret_cast<std::byte*>(&client_.slot(dice_() % 4)) : memory.data();
      const std::size_t size = in_headers ? sizeof(channel::SlotHeader) : memory.size();
      auto* const word = reinterpret_cast<std::uint32_t*>(base) + dice_() % (size / 4);
      const auto value = static_cast<std::uint32_t>(dice_() % 2 == 0 ? dice_() % 4 : dice_());
      std::atomic_ref(*word).store(value, std::memory_order_relaxed);
      if (dice_() % 64 == 0) std::this_thread::yield();
    }
  }

  const RawClient& client_;
  std::mt19937 dice_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// What it is told is made of our own words: codes that exist, names that are ours.
class CheckingObserver final : public daemon::RequestObserver {
 public:
  void OnRequest(const daemon::FinishedRequest& request) override {
    if (request.model != "echo") ++scribbled;
    const bool known =
        request.model.empty() || request.model == "mixed" || request.model == "head" || request.model == "echo";
    if (!known || request.code > StatusCode::kUnauthenticated) ++strange;
  }
  std::atomic<int> scribbled = 0;  // requests of the client that scribbles
  std::atomic<int> strange = 0;
};

TEST(Race, ScribblesHarmNobodyElse) {
  CheckingObserver observer;
  ShmFixture fixture({}, &observer);
  // Booleans, whose bytes kernels rely on, beside numbers.
  fixture.Publish(
      "mixed", 1,
      {{engine::ElementType::kBool, {64}}, {engine::ElementType::kFloat32, {64}}, {engine::ElementType::kInt32, {64}}});
  RawClient hostile(fixture.path);
  hostile.Open("mixed", 4);
  RawClient in_place(fixture.path);
  fixture.Publish("head", 1, InstanceOf(HeadModel(4096), 1));
  in_place.Open("head", 4);
  Binding honest = *fixture.Connect().Bind("echo");
  const Scribbler scribbler(hostile, 1), scribbler_in_place(in_place, 2);
  const int rounds = Rounds();
  for (int round = 0; observer.scribbled < rounds; ++round) {
    hostile.Post(static_cast<std::size_t>(round) % 4, static_cast<std::uint64_t>(round));
    in_place.Post(static_cast<std::size_t>(round) % 4, static_cast<std::uint64_t>(round));
    if (round % 16 != 0) continue;
    const auto number = static_cast<float>(round % 1000);
    (*honest.Input<float>(0))[1] = number;
    const Status status = honest.Infer();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ASSERT_EQ((*honest.Output<float>(0))[1], number);
  }
  EXPECT_EQ(observer.strange, 0);
}

}  // namespace
}  // namespace tfld::test
