// Memory plans that models bring along: they are honoured where they fit, and the model runs all the same where not.
#include "engine/plan/offline_plan.h"

#include <gmock/gmock.h>

#include "engine/plan/plan_builder.h"
#include "tests/engine/runtime/run_model.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::HasSubstr;
namespace wire = test::wire;

using Integers = std::vector<std::int32_t>;

// x -> a -> b -> c -> y, each the negative of the one before, with a plan for the five tensors.
std::vector<std::byte> Chain(const Integers& plan) {
  ModelBuilder builder;
  Integers tensors;
  for (int i = 0; i < 5; ++i) tensors.push_back(builder.AddTensor({.shape = {1, 32}}));
  for (std::size_t i = 0; i < 4; ++i) {
    builder.AddOperator({.op = wire::BuiltinOperator_NEG, .inputs = {tensors[i]}, .outputs = {tensors[i + 1]}});
  }
  if (!plan.empty()) builder.AddMetadata(std::string(kOfflinePlanName), std::as_bytes(std::span(plan)));
  return builder.Finish({tensors[0]}, {tensors[4]});
}

struct Planned {
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Plan> plan;

  std::size_t Offset(std::size_t tensor) const {
    return plan->slots[static_cast<std::size_t>(plan->graphs[0].slot_of_value[tensor])].offset;
  }
};

Planned PlanChain(const Integers& numbers, std::span<const ShapeOverride> overrides = {}) {
  const std::vector<std::byte> bytes = Chain(numbers);
  Planned result;
  result.model = *Model::FromBytes(bytes, "chain");
  auto plan =
      BuildPlan(result.model->program(), {.backend = Backend::kReference, .max_arena_bytes = 1 << 20}, overrides);
  EXPECT_TRUE(plan.ok()) << plan.status().ToString();
  result.plan = *plan;
  const auto session = LoadSession(bytes);
  EXPECT_TRUE(Set<float>(*session, 0, std::vector<float>(32, 7)).ok());
  EXPECT_TRUE(session->Run().ok());
  EXPECT_EQ(Get<float>(*session, 0), std::vector<float>(32, 7));
  return result;
}

TEST(OfflinePlan, PlacesBuffers) {
  const Integers offsets = {0, 256, 400, 144, 528};
  Integers plan = {1, 1, 5};
  plan.insert(plan.end(), offsets.begin(), offsets.end());
  const Planned planned = PlanChain(plan);
  EXPECT_EQ(planned.plan->offline_fault, "");
  EXPECT_EQ(planned.plan->offline_buffers, 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(planned.Offset(i), static_cast<std::size_t>(offsets[i])) << i;
}

TEST(OfflinePlan, LeavesTheRestToThePlanner) {
  const Planned planned = PlanChain({1, 1, 5, -1, -1, 1024, -1, -1});
  EXPECT_EQ(planned.plan->offline_buffers, 1U);
  EXPECT_EQ(planned.Offset(2), 1024U);
  EXPECT_EQ(PlanChain({}).plan->offline_buffers, 0U);
}

// The plan may use an input's memory again when the input has been read; here it keeps its memory.
TEST(OfflinePlan, InputsGiveWay) {
  const Planned planned = PlanChain({1, 1, 5, 0, 128, 0, 128, 0});
  EXPECT_EQ(planned.plan->offline_fault, "");
  EXPECT_EQ(planned.Offset(1), 128U);
  EXPECT_EQ(planned.Offset(2), 0U);
  EXPECT_NE(planned.Offset(0), 0U);
}

TEST(OfflinePlan, OtherShapesHaveNone) {
  const Shape shape{2, 32};
  const ShapeOverride other{.graph = 0, .value = 0, .shape = shape};
  EXPECT_EQ(PlanChain({1, 1, 5, -1, -1, 1024, -1, -1}, std::span(&other, 1)).plan->offline_buffers, 0U);
}

TEST(OfflinePlan, WhatDoesNotFitIsNotUsed) {
  const auto fault = [](const Integers& numbers) { return PlanChain(numbers).plan->offline_fault; };
  EXPECT_THAT(fault({1, 1, 5, -1, 256, 320, -1, -1}), HasSubstr("at 256 and 320 overlap while both are in use"));
  EXPECT_THAT(fault({1, 1, 5, -1, 8, -1, -1, -1}),
              HasSubstr("tensor 1 has offset 8; expected -1, or a multiple of 16"));
  EXPECT_THAT(fault({1, 1, 5, -1, -16, -1, -1, -1}), HasSubstr("tensor 1 has offset -16"));
  EXPECT_THAT(fault({1, 1, 5, -1, 1 << 20, -1, -1, -1}), HasSubstr("the limit of the arena is 1048576"));
  EXPECT_THAT(fault({1, 1, 4, -1, -1, -1, -1}), HasSubstr("says 4 offsets and has 4; the model has 5 tensors"));
  EXPECT_THAT(fault({1, 1, 5, -1}), HasSubstr("says 5 offsets and has 1"));
  EXPECT_THAT(fault({1}), HasSubstr("has 4 bytes; expected 32-bit integers, at least 3"));
}

}  // namespace
}  // namespace tfld::engine
