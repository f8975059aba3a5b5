// In steady state a request through the channel allocates nothing and faults no page: daemon and client together.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "engine/tools/allocation_counter.h"
#include "tests/daemon/shm/shm_fixture.h"

namespace tfld::test {
namespace {

// Sanitizers keep notes of every access, in memory of their own, whose pages would be counted.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCountsFaults = false;
#else
constexpr bool kCountsFaults = true;
#endif

class SilentObserver final : public daemon::RequestObserver {
 public:
  void OnRequest(const daemon::FinishedRequest&) override {}
};

long MinorFaults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

TEST(SteadyState, ARequestAllocatesNothingAndFaultsNoPage) {
  SilentObserver silent;
  ShmFixture fixture({}, &silent);
  fixture.Publish("image", 1, {{engine::ElementType::kInt8, {1, 224, 224, 3}}});
  std::vector<Binding> slots = *fixture.Connect().BindSlots("image", 2);
  const auto round = [&] {
    for (Binding& slot : slots) ASSERT_TRUE(slot.Start({.timeout = std::chrono::minutes(1)}).ok());
    for (Binding& slot : slots) ASSERT_TRUE(slot.Wait().ok());
  };
  for (int i = 0; i < 100; ++i) round();
  // The runtime itself may touch a page of its own now and then: of several tries one must be clean.
  std::uint64_t allocations = 0;
  long faults = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const std::uint64_t allocations_before = engine::AllocationCount();
    const long faults_before = MinorFaults();
    for (int i = 0; i < 500; ++i) round();
    allocations = engine::AllocationCount() - allocations_before;
    faults = kCountsFaults ? MinorFaults() - faults_before : 0;
    if (allocations == 0 && faults == 0) break;
  }
  EXPECT_GT(engine::AllocationCount(), 0U);  // it counts
  EXPECT_EQ(allocations, 0U);
  EXPECT_EQ(faults, 0);
}

}  // namespace
}  // namespace tfld::test
