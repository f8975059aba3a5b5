#include "engine/golden/tolerance.h"

#include <gtest/gtest.h>

namespace tfld::engine {
namespace {

const CaseFacts kReferenceCase{.backend = Backend::kReference};
const CaseFacts kOperatorCase{.backend = Backend::kCpu, .one_operator = true};
const CaseFacts kNetworkCase{.backend = Backend::kCpu};

TEST(ToleranceTest, ReferenceIsExactForIntegers) {
  EXPECT_EQ(AllowedDifference(kReferenceCase, {.type = ElementType::kInt8, .largest = 127, .kernels_diff = 8.0}), 0.0);
  EXPECT_EQ(AllowedDifference(kReferenceCase, {.type = ElementType::kInt64, .largest = 1e6}), 0.0);
  EXPECT_DOUBLE_EQ(AllowedDifference(kReferenceCase, {.type = ElementType::kFloat32, .largest = 10}), 1e-5);
}

TEST(ToleranceTest, OneOperatorMayBeOneStepOff) {
  EXPECT_EQ(AllowedDifference(kOperatorCase, {.type = ElementType::kInt8, .kernels_diff = 8.0}), 1.0);
  EXPECT_EQ(AllowedDifference(kOperatorCase, {.type = ElementType::kUInt8}), 1.0);
  EXPECT_EQ(AllowedDifference(kOperatorCase, {.type = ElementType::kInt32}), 0.0);
  EXPECT_EQ(AllowedDifference(kOperatorCase, {.type = ElementType::kBool}), 0.0);
  EXPECT_DOUBLE_EQ(AllowedDifference(kOperatorCase, {.type = ElementType::kFloat32, .largest = 3}), 6e-5);
}

TEST(ToleranceTest, NetworksAreJudgedBesideTheOtherKernels) {
  EXPECT_EQ(AllowedDifference(kNetworkCase, {.type = ElementType::kInt8}), 4.0);
  EXPECT_EQ(AllowedDifference(kNetworkCase, {.type = ElementType::kInt8, .kernels_diff = 1.0}), 4.0);
  EXPECT_EQ(AllowedDifference(kNetworkCase, {.type = ElementType::kInt8, .kernels_diff = 13.0}), 26.0);
  EXPECT_EQ(AllowedDifference(kNetworkCase, {.type = ElementType::kInt32}), 0.0);
  EXPECT_DOUBLE_EQ(AllowedDifference(kNetworkCase, {.type = ElementType::kFloat32, .largest = 3, .kernels_diff = 1.0}),
                   3e-4);
  CaseFacts facts = kNetworkCase;
  facts.integer_input = true;
  EXPECT_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 3, .kernels_diff = 1.0}), 2.0);
}

TEST(ToleranceTest, AGoldenByOtherKernelsIsNoReference) {
  CaseFacts facts = kReferenceCase;
  facts.by_default_kernels = true;
  EXPECT_DOUBLE_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 3}), 3e-4);
}

TEST(ToleranceTest, DynamicRange) {
  CaseFacts facts = kOperatorCase;
  facts.dynamic_range = true;
  EXPECT_DOUBLE_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 2}), 0.04);
  facts.backend = Backend::kReference;
  EXPECT_DOUBLE_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 2}), 2e-6);
}

TEST(ToleranceTest, AStepInsideShowsInAFloatOutput) {
  CaseFacts facts = kOperatorCase;
  facts.float_io = true;
  EXPECT_DOUBLE_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 12.7}), 0.1);
}

TEST(ToleranceTest, WhatTheGoldenSaysCounts) {
  for (CaseFacts facts : {kReferenceCase, kOperatorCase, kNetworkCase}) {
    facts.given = GivenTolerance{.steps = 2, .relative = 1e-5, .absolute = 1e-6};
    EXPECT_EQ(AllowedDifference(facts, {.type = ElementType::kInt8, .largest = 100, .kernels_diff = 9.0}), 2.0);
    EXPECT_DOUBLE_EQ(AllowedDifference(facts, {.type = ElementType::kFloat32, .largest = 100}), 1e-3 + 1e-6);
  }
}

}  // namespace
}  // namespace tfld::engine
