// Every backend on every golden: it matches within the tolerances.
#include <gtest/gtest.h>

#include <tuple>

#include "engine/golden/check.h"
#include "tests/conformance/cases.h"
#include "tests/conformance/tally.h"

namespace tfld::test {
namespace {

using engine::Backend;

class ConformanceTest : public ::testing::TestWithParam<std::tuple<Backend, Case>> {
 protected:
  Backend backend() const { return std::get<0>(GetParam()); }
  const Case& one() const { return std::get<1>(GetParam()); }

  void TearDown() override {
    Count(backend(), HasFailure() ? Fate::kFailed : IsSkipped() ? Fate::kWrongGolden : Fate::kMatched);
  }
};

TEST_P(ConformanceTest, Matches) {
  const auto golden = engine::LoadGolden(one().directory);
  ASSERT_TRUE(golden.ok()) << golden.status().ToString();
  const auto model = engine::Model::FromFile(one().model);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = engine::Executable::Create(*model, {.backend = backend(), .threads = 1, .limits = {}});
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  const auto report = engine::CheckGolden(**executable, **session, *golden);
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  if (!report->within() && !GoldenFault(one().name).empty()) GTEST_SKIP() << GoldenFault(one().name);
  EXPECT_EQ(report->within(), one().kind != Kind::kBad) << report->Summary();
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<Backend, Case>>& info) {
  return std::string(engine::BackendName(std::get<0>(info.param))) + "_" + TestName(std::get<1>(info.param).name);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ConformanceTest);
INSTANTIATE_TEST_SUITE_P(All, ConformanceTest,
                         ::testing::Combine(::testing::Values(Backend::kReference, Backend::kCpu),
                                            ::testing::ValuesIn(AllCases())),
                         NameOf);

}  // namespace

}  // namespace tfld::test
