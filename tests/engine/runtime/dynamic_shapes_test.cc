// Shapes that come out of the run.
#include <gmock/gmock.h>

#include "tests/engine/runtime/run_model.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;
constexpr auto kInt = wire::TensorType_INT32;

// y = range(0, n, 1) + c: as many elements as the input says.
std::vector<std::byte> RangePlusConstant() {
  ModelBuilder builder;
  const int zero = builder.AddConstant({.type = kInt, .shape = {}}, std::vector<std::int32_t>{0});
  const int one = builder.AddConstant({.type = kInt, .shape = {}}, std::vector<std::int32_t>{1});
  const int hundred = builder.AddConstant({.type = kInt, .shape = {1}}, std::vector<std::int32_t>{100});
  const int n = builder.AddTensor({.type = kInt, .shape = {}, .name = "n"});
  const int range = builder.AddTensor({.type = kInt, .shape = {1}});
  const int y = builder.AddTensor({.type = kInt, .shape = {1}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RANGE, .inputs = {zero, n, one}, .outputs = {range}});
  builder.AddOperator({.op = wire::BuiltinOperator_ADD, .inputs = {range, hundred}, .outputs = {y}});
  return builder.Finish({n}, {y});
}

TEST(DynamicShapes, FollowTheDataFromRunToRun) {
  const auto session = LoadSession(RangePlusConstant());
  ASSERT_NE(session, nullptr);
  for (const std::int32_t n : {3, 1, 5, 5, 0}) {
    ASSERT_TRUE(Set<std::int32_t>(*session, 0, {n}).ok());
    const Status status = session->Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(session->Output(0).shape, Shape({n}));
    const auto values = Get<std::int32_t>(*session, 0);
    ASSERT_EQ(values.size(), static_cast<std::size_t>(n));
    for (std::int32_t i = 0; i < n; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], 100 + i);
  }
}

TEST(DynamicShapes, AreOpenInTheOutputsDescription) {
  const auto model = Model::FromBytes(RangePlusConstant(), "m");
  ASSERT_TRUE(model.ok());
  const auto executable = Executable::Create(*model, {});
  ASSERT_TRUE(executable.ok());
  EXPECT_THAT((*executable)->outputs()[0].shape_signature, ElementsAre(-1));
}

TEST(DynamicShapes, AreBoundedByTheArenasLimit) {
  auto session = TryLoad(RangePlusConstant(), {.max_arena_bytes = 4096});
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  ASSERT_TRUE(Set<std::int32_t>(**session, 0, {1'000'000}).ok());
  const Status status = (*session)->Run();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr("node 0 (RANGE)"));
  // And the session goes on.
  ASSERT_TRUE(Set<std::int32_t>(**session, 0, {2}).ok());
  ASSERT_TRUE((*session)->Run().ok());
  EXPECT_THAT(Get<std::int32_t>(**session, 0), ElementsAre(100, 101));
}

TEST(DynamicShapes, OutputsCannotBeBound) {
  const auto session = LoadSession(RangePlusConstant());
  ASSERT_NE(session, nullptr);
  alignas(64) std::byte memory[256];
  EXPECT_EQ(session->BindOutput(0, memory).code(), StatusCode::kFailedPrecondition);
}

TEST(DynamicShapes, AShapeThatDoesNotFitIsAnErrorOfTheRun) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {2, 3}});
  const int shape = builder.AddTensor({.type = kInt, .shape = {2}});
  const int y = builder.AddTensor({.type = kFloat, .shape = {1, 1}});
  builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {x, shape}, .outputs = {y}});
  const auto session = LoadSession(builder.Finish({x, shape}, {y}));
  ASSERT_NE(session, nullptr);
  ASSERT_TRUE(Set<float>(*session, 0, {1, 2, 3, 4, 5, 6}).ok());
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {3, -1}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(session->Output(0).shape, (Shape{3, 2}));
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(1, 2, 3, 4, 5, 6));
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {4, 4}).ok());
  EXPECT_EQ(session->Run().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(Set<std::int32_t>(*session, 1, {std::int32_t{1} << 30, std::int32_t{1} << 30}).ok());
  EXPECT_FALSE(session->Run().ok());
}

// The placeholder of an open size, 1, is too short for the slice; the real size is not.
TEST(DynamicShapes, APlaceholderThatDoesNotWorkOutWaits) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {1}, .shape_signature = {-1}});
  const int begin = builder.AddConstant({.type = kInt, .shape = {1}}, std::vector<std::int32_t>{2});
  const int size = builder.AddConstant({.type = kInt, .shape = {1}}, std::vector<std::int32_t>{2});
  const int y = builder.AddTensor({.type = kFloat, .shape = {2}});
  builder.AddOperator({.op = wire::BuiltinOperator_SLICE, .inputs = {x, begin, size}, .outputs = {y}});
  const auto session = LoadSession(builder.Finish({x}, {y}));
  ASSERT_NE(session, nullptr);
  EXPECT_FALSE(session->Run().ok());
  const Shape five[] = {{5}};
  ASSERT_TRUE(session->ResizeInputs(five).ok());
  ASSERT_TRUE(Set<float>(*session, 0, {1, 2, 3, 4, 5}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(3, 4));
}

}  // namespace
}  // namespace tfld::engine
