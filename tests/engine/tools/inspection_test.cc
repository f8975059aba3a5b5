#include "engine/tools/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/model_builder.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;
namespace wire = test::wire;

// x [1, 4] -> FULLY_CONNECTED by 3 x 4 -> [1, 3] -> `last`
std::shared_ptr<const Model> SmallModel(wire::BuiltinOperator last, const std::string& custom = "") {
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "x"});
  const int weights = builder.AddConstant({.shape = {3, 4}, .name = "w"}, std::vector<float>(12, 0.5F));
  const int hidden = builder.AddTensor({.shape = {1, 3}, .name = "h"});
  const int y = builder.AddTensor({.shape = {1, 3}, .name = "y"});
  const auto options = wire::CreateFullyConnectedOptions(builder.fbb()).Union();
  builder.AddOperator({.op = wire::BuiltinOperator_FULLY_CONNECTED,
                       .inputs = {x, weights},
                       .outputs = {hidden},
                       .options_type = wire::BuiltinOptions_FullyConnectedOptions,
                       .options = options});
  builder.AddOperator({.op = last, .inputs = {hidden}, .outputs = {y}, .custom_code = custom});
  const auto model = Model::FromBytes(builder.Finish({x}, {y}), "small");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  return *model;
}

TEST(InspectionTest, CountsAndNamesKernels) {
  const auto model = SmallModel(wire::BuiltinOperator_LOGISTIC);
  const auto inspection = Inspect(*model, {.backend = Backend::kReference, .threads = 1, .limits = {}});
  ASSERT_TRUE(inspection.ok()) << inspection.status().ToString();
  ASSERT_TRUE(inspection->status.ok()) << inspection->status.ToString();
  EXPECT_EQ(inspection->parameters, 12.0);
  EXPECT_EQ(inspection->operations, 24.0 + 3.0);
  ASSERT_EQ(inspection->nodes.size(), 2U);
  EXPECT_EQ(inspection->nodes[0].types, "float32, float32 -> float32");
  EXPECT_THAT(inspection->nodes[0].kernel, HasSubstr("fully_connected"));
  EXPECT_TRUE(inspection->nodes[0].reason.empty());
  EXPECT_EQ(inspection->entry_points[0].inputs[0].name, "x");
  EXPECT_GT(inspection->memory.arena_bytes, 0U);
}

TEST(InspectionTest, AlsoWhenItCannotBeExecuted) {
  const auto model = SmallModel(wire::BuiltinOperator_CUSTOM, "NobodysOperator");
  const auto inspection = Inspect(*model, {.backend = Backend::kReference, .threads = 1, .limits = {}});
  ASSERT_TRUE(inspection.ok());
  EXPECT_EQ(inspection->status.code(), StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(inspection->status.message()), HasSubstr("NobodysOperator"));
  EXPECT_FALSE(inspection->nodes[0].unsupported);
  EXPECT_TRUE(inspection->nodes[1].unsupported);
  EXPECT_THAT(inspection->nodes[1].reason, HasSubstr("NobodysOperator"));
}

}  // namespace
}  // namespace tfld::engine
