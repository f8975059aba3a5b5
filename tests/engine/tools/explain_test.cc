#include "engine/tools/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "engine/golden/npy.h"
#include "engine/golden/random_input.h"
#include "tests/support/model_builder.h"
#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

namespace wire = test::wire;

// x -> RELU -> h -> NEG -> y, whose tensors are 0, 1 and 2.
std::shared_ptr<const Model> Chain() {
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 3}, .name = "x"});
  const int h = builder.AddTensor({.shape = {1, 3}, .name = "h"});
  const int y = builder.AddTensor({.shape = {1, 3}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {h}});
  builder.AddOperator({.op = wire::BuiltinOperator_NEG, .inputs = {h}, .outputs = {y}});
  const auto model = Model::FromBytes(builder.Finish({x}, {y}), "chain");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  return *model;
}

GoldenTensor Tensor(const std::string& name, const std::vector<float>& values) {
  GoldenTensor tensor;
  tensor.name = name;
  tensor.shape = {1, 3};
  const auto bytes = std::as_bytes(std::span(values));
  tensor.data.assign(bytes.begin(), bytes.end());
  return tensor;
}

class ExplainTest : public ::testing::Test {
 protected:
  ExplainTest() {
    golden_.directory = directory_.path().string();
    golden_.steps.resize(2);
    golden_.steps[0].inputs = {Tensor("x", {9, 9, 9})};
    golden_.steps[0].outputs = {Tensor("y", {-9, -9, -9})};
    golden_.steps[1].inputs = {Tensor("x", {1, -2, 3})};
    golden_.steps[1].outputs = {Tensor("y", {-1, 0, -3})};
  }

  void WriteTensor(int index, const std::vector<float>& values) {
    std::filesystem::create_directories(directory_ / "tensors");
    ASSERT_TRUE(WriteNpy((directory_ / "tensors" / (std::to_string(index) + ".npy")).string(), ElementType::kFloat32,
                         {1, static_cast<std::int32_t>(values.size())}, std::as_bytes(std::span(values)))
                    .ok());
  }

  test::TempDir directory_;
  Golden golden_;
  const ExecutableOptions options_{.backend = Backend::kReference, .threads = 1, .limits = {}};
};

TEST_F(ExplainTest, BackendsThatAgree) {
  const auto result = ExplainByBackend(Chain(), options_, Backend::kCpu, FeedGolden(golden_, 0, 2));
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->nodes.size(), 2U);
  EXPECT_EQ(result->FirstOut(), nullptr);
  EXPECT_TRUE(result->Worst().empty());
  EXPECT_FALSE(result->parted);
}

TEST_F(ExplainTest, NeedsTensors) {
  EXPECT_EQ(ExplainByTensors(Chain(), options_, golden_).status().code(), StatusCode::kNotFound);
}

// The second node is blamed alone: it is given what the first should have made.
TEST_F(ExplainTest, BlamesTheNodeThatDiffers) {
  WriteTensor(1, {1, 0, 3});
  WriteTensor(2, {-1, 0, -4});
  const auto result = ExplainByTensors(Chain(), options_, golden_);
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  const NodeDifference* first = result->FirstOut();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->op, "NEG");
  EXPECT_EQ(first->alone.comparison.max_abs_diff, 1.0);
  EXPECT_EQ(first->alone.comparison.place, 2);
  EXPECT_EQ(first->alone.comparison.actual, -3.0);
  EXPECT_EQ(result->Worst().size(), 1U);
}

TEST_F(ExplainTest, TellsDriftFromANodesOwnDifference) {
  WriteTensor(1, {1, 0, 5});
  WriteTensor(2, {-1, 0, -5});
  const auto result = ExplainByTensors(Chain(), options_, golden_);
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->nodes.size(), 2U);
  EXPECT_EQ(result->FirstOut()->op, "RELU");
  EXPECT_TRUE(result->nodes[1].within());
  EXPECT_EQ(result->nodes[1].drift, 2.0);
}

TEST_F(ExplainTest, AnotherShapeIsAProblem) {
  WriteTensor(2, {-1, 0, -3, 7});
  const auto result = ExplainByTensors(Chain(), options_, golden_);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->FirstOut()->alone.problem, ::testing::HasSubstr("expected float32 [1, 4]"));
}

// Steps take memory also where their tensors take little: those of a loop's body would have had no end.
TEST_F(ExplainTest, CountsStepsAsMemory) {
  constexpr std::size_t kContents = 4 * 3 * sizeof(float);  // two nodes, run twice
  const auto result =
      ExplainByBackend(Chain(), options_, Backend::kCpu, FeedGolden(golden_, 0, 2), /*max_trace_bytes=*/2 * kContents);
  EXPECT_EQ(result.status().code(), StatusCode::kResourceExhausted);
}

TEST_F(ExplainTest, EndsWhereTheRunsPart) {
  int sessions = 0;
  int runs = 0;
  const auto result = ExplainByBackend(Chain(), options_, Backend::kCpu, [&](const Executable&, Session& session) {
    const int wanted = sessions++ == 0 ? 1 : 10;
    Status status;
    for (int i = 0; i < wanted && status.ok(); ++i, ++runs) status = session.Run();
    return status;
  });
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_TRUE(result->parted);
  EXPECT_EQ(runs, 1 + 2 + 2);
}

TEST_F(ExplainTest, SaysWhyARunFails) {
  const auto none = ExplainByBackend(Chain(), options_, Backend::kCpu,
                                     [](const Executable&, Session&) -> Status { return InvalidArgument("no food"); });
  EXPECT_EQ(none.status().message(), "no food");
}

}  // namespace
}  // namespace tfld::engine
