// Every backend on every golden: matches within the tolerances, or is refused as not supported, by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

  bool MaySkip(const Status& status) const {
    return status.code() == StatusCode::kUnimplemented &&
           (one().kind == Kind::kOptional || one().kind == Kind::kOperator);
  }

  void ExpectNamesWhatIsMissing(const engine::Model& model, const Status& refusal) {
    for (const engine::Graph& graph : model.program().graphs) {
      for (const engine::Node& node : graph.nodes) {
        if (engine::FindOperator(node) != nullptr) continue;
        EXPECT_THAT(std::string(refusal.message()), HasSubstr(std::string(node.op_name())));
      }
    }
  }
};

// Whether the model must be resized before it can be this golden's: then it need not make sense in its own shapes.
bool HasOtherShapes(const engine::Model& model, const engine::Golden& golden) {
  const engine::Graph& graph = model.program().graphs[0];
  const std::vector<engine::GoldenTensor>& inputs = golden.steps[0].inputs;
  for (std::size_t i = 0; i < std::min(graph.inputs.size(), inputs.size()); ++i) {
    if (graph.value(graph.inputs[i]).shape != inputs[i].shape) return true;
  }
  return false;
}

TEST_P(ConformanceTest, MatchesOrIsRefused) {
  const auto golden = engine::LoadGolden(one().directory);
  ASSERT_TRUE(golden.ok()) << golden.status().ToString();
  const auto model = engine::Model::FromFile(one().model);
  if (MaySkip(model.status())) GTEST_SKIP() << model.status().ToString();
  ASSERT_TRUE(model.ok()) << model.status().ToString();

  const auto executable = engine::Executable::Create(*model, {.backend = backend(), .threads = 1, .limits = {}});
  if (!executable.ok() && HasOtherShapes(**model, *golden)) GTEST_SKIP() << executable.status().ToString();
  if (MaySkip(executable.status())) {
    ExpectNamesWhatIsMissing(**model, executable.status());
    if (!HasFailure()) GTEST_SKIP() << executable.status().ToString();
    return;
  }
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();

  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  const auto report = engine::CheckGolden(**executable, **session, *golden);
  if (MaySkip(report.status())) GTEST_SKIP() << report.status().ToString();
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
