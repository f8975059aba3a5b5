// The registry, and the operators that reach into their session.
#include "engine/kernels/operator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Operators, EachIsListedOnce) {
  std::set<OpCode> seen;
  for (const Operator& entry : Operators()) {
    EXPECT_TRUE(entry.code == OpCode::kCustom || seen.insert(entry.code).second) << OpCodeName(entry.code);
    EXPECT_NE(entry.infer, nullptr);
    EXPECT_NE(entry.prepare, nullptr);
    EXPECT_LE(entry.arity.min_inputs, entry.arity.max_inputs);
  }
}

TEST(Operators, UnknownOnesAreNamed) {
  TestNode node(OpCode::kStablehloSort);
  const Status status = node.Run();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_THAT(status.message(), HasSubstr("node 0 (STABLEHLO_SORT) version 1"));
}

TEST(Operators, NewerVersionsAreRefused) {
  TestNode node(OpCode::kAdd, {}, /*version=*/99);
  const Status status = node.Run();
  EXPECT_EQ(status.code(), StatusCode::kUnimplemented);
  EXPECT_THAT(status.message(), HasSubstr("version 99"));
}

TEST(Operators, ArityIsChecked) {
  TestNode few(OpCode::kAdd);
  few.Input<float>({1}, {1}).Output(ElementType::kFloat32);
  EXPECT_THAT(few.Run().message(), HasSubstr("has 1 inputs; expected 2 to 2"));
  TestNode absent(OpCode::kAdd);
  absent.Input<float>({1}, {1}).NoInput().Output(ElementType::kFloat32);
  EXPECT_THAT(absent.Run().message(), HasSubstr("input 1 is missing"));
}

TEST(Variables, HandleNamesItsResource) {
  TestNode node(OpCode::kVarHandle, VarHandleAttributes{.container = {}, .shared_name = {}, .resource = 3});
  node.Output(ElementType::kResource);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int32_t>(), ElementsAre(3));
}

Status Assign(TestServices& services, std::int32_t handle) {
  TestNode node(OpCode::kAssignVariable);
  node.AddInput(ElementType::kResource, {1}, {std::byte(handle), {}, {}, {}}, {}, false).Input<float>({2}, {1, 2});
  return node.Run(&services);
}

TestNode Read(const Shape& declared) {
  TestNode node(OpCode::kReadVariable);
  node.AddInput(ElementType::kResource, {1}, std::vector<std::byte>(4), {}, false)
      .Output(ElementType::kFloat32, {}, declared);
  return node;
}

TEST(Variables, ReadWhatWasAssigned) {
  TestServices services;
  EXPECT_EQ(Read({2}).Run(&services).code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Assign(services, 0).ok());
  EXPECT_EQ(services.variable.shape, Shape({2}));
  TestNode read = Read({2});
  ASSERT_TRUE(read.Run(&services).ok());
  EXPECT_THAT(read.Result<float>(), ElementsAre(1, 2));
  EXPECT_THAT(Read({3}).Run(&services).message(), HasSubstr("holds 8 bytes of float32; the model reads 12 bytes"));
  EXPECT_FALSE(Assign(services, 1).ok());
}

TEST(CallOnce, RunsItsSubgraph) {
  TestServices services;
  TestNode node(OpCode::kCallOnce, CallOnceAttributes{.init_subgraph = 2});
  ASSERT_TRUE(node.Run(&services).ok());
  EXPECT_THAT(services.graphs_run, ElementsAre(2));
}

}  // namespace
}  // namespace tfld::engine
