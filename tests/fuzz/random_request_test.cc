// A little of what fuzz_request does, in every test run.
#include <gtest/gtest.h>

#include "inference/grpc_service.pb.h"
#include "tests/fuzz/request_harness.h"

namespace tfld::test {
namespace {

TEST(RandomRequest, RightOnesAreAnswered) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    EXPECT_TRUE(RunRequest(RightRequest(seed))) << RightRequest(seed).ShortDebugString();
  }
}

TEST(RandomRequest, ChangedOnesAreRefusedOrAnswered) {
  int answered = 0;
  constexpr int kRequests = 20'000;
  for (std::uint64_t seed = 0; seed < kRequests; ++seed) {
    auto request = RightRequest(seed);
    for (std::uint64_t i = 0; i <= seed % 5; ++i) MutateRequest(request, seed * 7 + i);
    answered += RunRequest(request) ? 1 : 0;
  }
  EXPECT_GT(answered, kRequests / 20);
  EXPECT_LT(answered, kRequests / 2);
}

}  // namespace
}  // namespace tfld::test
