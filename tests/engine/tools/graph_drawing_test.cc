#include "engine/tools/graph_drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/model_builder.h"

namespace tfld::engine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace wire = test::wire;

// x -> FULLY_CONNECTED -> a custom operator that nobody has; and a second graph that CALL_ONCE runs.
std::shared_ptr<const Model> TwoGraphs(const std::string& last) {
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "the \"x\"\n\\"});
  const int weights = builder.AddConstant({.shape = {3, 4}, .name = "w"}, std::vector<float>(12, 0.5F));
  const int hidden = builder.AddTensor({.shape = {1, 3}, .name = "h"});
  const int y = builder.AddTensor({.shape = {1, 3}, .name = "y"});
  const auto call = wire::CreateCallOnceOptions(builder.fbb(), 1).Union();
  builder.AddOperator(
      {.op = wire::BuiltinOperator_CALL_ONCE, .options_type = wire::BuiltinOptions_CallOnceOptions, .options = call});
  const auto options = wire::CreateFullyConnectedOptions(builder.fbb()).Union();
  builder.AddOperator({.op = wire::BuiltinOperator_FULLY_CONNECTED,
                       .inputs = {x, weights},
                       .outputs = {hidden},
                       .options_type = wire::BuiltinOptions_FullyConnectedOptions,
                       .options = options});
  builder.AddOperator({.op = last.empty() ? wire::BuiltinOperator_LOGISTIC : wire::BuiltinOperator_CUSTOM,
                       .inputs = {hidden},
                       .outputs = {y},
                       .custom_code = last});
  builder.EndGraph({x}, {y});
  builder.EndGraph({}, {}, "initializer");
  const auto model = Model::FromBytes(builder.Finish(), "two");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  return *model;
}

Inspection InspectOf(const Model& model) {
  auto inspection = Inspect(model, {.backend = Backend::kReference, .threads = 1, .limits = {}});
  EXPECT_TRUE(inspection.ok());
  return std::move(inspection).value();
}

TEST(GraphDrawingTest, Text) {
  const auto model = TwoGraphs("");
  const std::string text = DrawText(InspectOf(*model));
  EXPECT_THAT(text, AllOf(HasSubstr("graph 0 (main)"), HasSubstr("graph 1 (initializer)"),
                          HasSubstr("%2: float32 [1, 3]"), HasSubstr("%0, constant %1: float32 [3, 4]"),
                          HasSubstr("initializer graph 1"), HasSubstr("reference.fully_connected")));
}

TEST(GraphDrawingTest, Dot) {
  const auto model = TwoGraphs("");
  const std::string dot = DrawDot(InspectOf(*model), "title");
  EXPECT_THAT(dot, AllOf(HasSubstr("subgraph cluster_0"), HasSubstr("subgraph cluster_1"),
                         HasSubstr("g0n1 -> g0n2 [label=\"float32 [1, 3]\""), HasSubstr("g0_in0 -> g0n1"),
                         HasSubstr("g0n2 -> g0_out0"), HasSubstr("g0n0 -> g1 [style=dashed"),
                         HasSubstr("constant float32 [3, 4]"), HasSubstr("\"legend reference\""),
                         HasSubstr("the \\\"x\\\"\\n\\\\")));
  EXPECT_EQ(std::ranges::count(dot, '{'), std::ranges::count(dot, '}'));
}

TEST(GraphDrawingTest, ShowsWhatIsUnsupported) {
  const auto model = TwoGraphs("NobodysOperator");
  const Inspection inspection = InspectOf(*model);
  EXPECT_THAT(DrawText(inspection), HasSubstr("UNSUPPORTED"));
  EXPECT_THAT(DrawDot(inspection, ""), AllOf(HasSubstr("legend unsupported"), Not(HasSubstr("legend xnnpack"))));
}

}  // namespace
}  // namespace tfld::engine
