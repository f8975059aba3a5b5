#include "engine/tools/classifier.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

TEST(BestClassesTest, BestFirstAndTheFirstOfEquals) {
  const std::vector<double> scores = {0.1, 0.5, 0.2, 0.5};
  const auto best = BestClasses(scores, 3);
  ASSERT_EQ(best.size(), 3U);
  EXPECT_EQ(best[0].index, 1);
  EXPECT_EQ(best[1].index, 3);
  EXPECT_EQ(best[2].index, 2);
  EXPECT_EQ(BestClasses(scores, 10).size(), 4U);
  EXPECT_TRUE(BestClasses({}, 5).empty());
}

std::vector<std::string> LabelsOf(std::string_view text) {
  const test::TempDir directory;
  std::ofstream(directory / "labels.txt") << text;
  return *ReadLabels(directory / "labels.txt");
}

TEST(ReadLabelsTest, OneALine) {
  EXPECT_EQ(LabelsOf("background\r\ntench, Tinca tinca\ngoldfish"),
            (std::vector<std::string>{"background", "tench, Tinca tinca", "goldfish"}));
}

TEST(ReadLabelsTest, NumbersChooseTheClass) {
  EXPECT_EQ(LabelsOf("0  person\n2  car\n"), (std::vector<std::string>{"person", "", "car"}));
}

// SOFTMAX -> RESHAPE, and an output that is nobody's distribution.
TEST(IsClassifierOutputTest, FollowsReshapes) {
  Graph graph;
  const auto quantization = std::make_shared<const Quantization>();
  for (const Shape& shape : {Shape{1, 1, 4}, Shape{1, 1, 4}, Shape{1, 4}, Shape{1, 1}}) {
    Value value;
    value.shape = shape;
    value.quantization = quantization;
    graph.values.push_back(value);
  }
  Node softmax;
  softmax.op = OpCode::kSoftmax;
  softmax.inputs = {0};
  softmax.outputs = {1};
  Node reshape;
  reshape.op = OpCode::kReshape;
  reshape.inputs = {1};
  reshape.outputs = {2};
  graph.nodes = {softmax, reshape};
  EXPECT_TRUE(IsClassifierOutput(graph, 1));
  EXPECT_TRUE(IsClassifierOutput(graph, 2));
  EXPECT_FALSE(IsClassifierOutput(graph, 0));
  EXPECT_FALSE(IsClassifierOutput(graph, 3));
}

}  // namespace
}  // namespace tfld::engine
