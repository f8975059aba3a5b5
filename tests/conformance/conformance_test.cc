// Every backend on every golden: matches within the tolerances, or is refused as not supported, by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "engine/golden/check.h"
#include "engine/graph/graph.h"
#include "engine/kernels/operator.h"
#include "tests/conformance/cases.h"
#include "tests/conformance/tally.h"

namespace tfld::test {
namespace {

using engine::Backend;
using ::testing::HasSubstr;

class ConformanceTest : public ::testing::TestWithParam<std::tuple<Backend, Case>> {
 protected:
  Backend backend() const { return std::get<0>(GetParam()); }
  const Case& one() const { return std::get<1>(GetParam()); }

  void TearDown() override {
    Count(backend(), HasFailure() ? Fate::kFailed : IsSkipped() ? Fate::kUnsupported : Fate::kMatched);
  }

  // A refusal must be for what is missing, and name all of it.
  void ExpectNamesWhatIsMissing(const engine::Model& model, const Status& refusal) {
    ASSERT_EQ(refusal.code(), StatusCode::kUnimplemented) << refusal.ToString();
    for (const engine::Graph& graph : model.program().graphs) {
      for (const engine::Node& node : graph.nodes) {
        if (engine::FindOperator(node) != nullptr) continue;
        EXPECT_THAT(std::string(refusal.message()), HasSubstr(std::string(node.op_name())));
      }
    }
  }
};

TEST_P(ConformanceTest, MatchesOrIsRefused) {
  const auto golden = engine::LoadGolden(one().directory);
  ASSERT_TRUE(golden.ok()) << golden.status().ToString();
  const auto model = engine::Model::FromFile(one().model);
  if (!model.ok() && model.status().code() == StatusCode::kUnimplemented && one().kind != Kind::kRequired) {
    GTEST_SKIP() << model.status().ToString();
  }
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = engine::Executable::Create(*model, {.backend = backend(), .threads = 1, .limits = {}});
  if (!executable.ok()) {
    ExpectNamesWhatIsMissing(**model, executable.status());
    ASSERT_NE(one().kind, Kind::kRequired) << executable.status().ToString();
    if (!HasFailure()) GTEST_SKIP() << executable.status().ToString();
    return;
  }
  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  const auto report = engine::CheckGolden(**executable, **session, *golden);
  if (!report.ok() && report.status().code() == StatusCode::kUnimplemented && one().kind != Kind::kRequired) {
    GTEST_SKIP() << report.status().ToString();
  }
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_TRUE(report->within()) << report->Summary();
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
