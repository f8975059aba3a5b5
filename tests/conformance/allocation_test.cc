// Session::Run allocates nothing once the first run is done.
#include <gtest/gtest.h>

#include <tuple>

#include "engine/golden/random_input.h"
#include "engine/tools/allocation_counter.h"
#include "tests/conformance/cases.h"
#include "tfld/engine.h"

namespace tfld::test {
namespace {

using engine::Backend;

class AllocationTest : public ::testing::TestWithParam<std::tuple<Backend, int, Case>> {};

TEST_P(AllocationTest, SteadyRunsAllocateNothing) {
  const auto& [backend, threads, one] = GetParam();
  const auto model = engine::Model::FromFile(one.model);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = engine::Executable::Create(*model, {.backend = backend, .threads = threads, .limits = {}});
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  for (int i = 0; i < static_cast<int>((*executable)->inputs().size()); ++i) {
    engine::FillRandom((*session)->Input(i), 1);
  }
  ASSERT_TRUE((*session)->Run().ok());
  const std::uint64_t before = engine::AllocationCount();
  for (int run = 0; run < 3; ++run) {
    const Status status = (*session)->Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
  }
  EXPECT_EQ(engine::AllocationCount() - before, 0U);
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<Backend, int, Case>>& info) {
  const auto& [backend, threads, one] = info.param;
  return std::string(engine::BackendName(backend)) + "_" + std::to_string(threads) + "_" + TestName(one.name);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AllocationTest);
INSTANTIATE_TEST_SUITE_P(Portable, AllocationTest,
                         ::testing::Combine(::testing::Values(Backend::kReference), ::testing::Values(1),
                                            ::testing::ValuesIn(WholeModels())),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Threads, AllocationTest,
                         ::testing::Combine(::testing::Values(Backend::kCpu), ::testing::Values(1, 2),
                                            ::testing::ValuesIn(WholeModels())),
                         NameOf);

}  // namespace

}  // namespace tfld::test
