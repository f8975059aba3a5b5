// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED of the XNNPACK delegate against the portable kernels.
#include "tests/engine/delegate/xnnpack_test_util.h"

namespace tfld::engine {
namespace {

constexpr int kCases = 60;
constexpr ElementType kTypes[] = {ElementType::kFloat32, ElementType::kInt8, ElementType::kUInt8};

struct Quantizations {
  Quantization input, filter, bias, output;
};

// Scales with which the output uses its range; per channel for int8 when `per_channel`.
Quantizations DrawQuantizations(std::mt19937& random, ElementType type, int axis, int channels, int depth) {
  Quantizations q;
  if (type == ElementType::kFloat32) return q;
  q.input = DrawQuantization(random, type);
  std::uniform_real_distribution<float> scale(0.002F, 0.01F);
  const bool per_channel = type == ElementType::kInt8 && Draw(random, 0, 3) != 0;
  q.filter.axis = axis;
  for (int i = 0; i < (per_channel ? channels : 1); ++i) {
    q.filter.scales.push_back(scale(random));
    q.filter.zero_points.push_back(type == ElementType::kUInt8 ? Draw(random, 0, 255) : 0);
  }
  q.bias = PerTensor(q.input.scales[0] * q.filter.scales[0], 0);
  const float output_scale = q.input.scales[0] * q.filter.scales[0] * std::sqrt(static_cast<float>(depth)) * 100.0F;
  q.output = PerTensor(output_scale, DrawZeroPoint(random, type));
  return q;
}

ElementType BiasType(ElementType type) { return type == ElementType::kFloat32 ? type : ElementType::kInt32; }

Activation DrawActivation(std::mt19937& random) {
  return static_cast<Activation>(Draw(random, 0, static_cast<int>(Activation::kRelu6)));
}

template <typename Attributes>
Attributes DrawWindow(std::mt19937& random) {
  Attributes attributes;
  attributes.padding = Draw(random, 0, 1) == 0 ? Padding::kSame : Padding::kValid;
  attributes.stride_h = Draw(random, 1, 3);
  attributes.stride_w = Draw(random, 1, 3);
  if (Draw(random, 0, 3) == 0) attributes.dilation_h = Draw(random, 1, 3);
  if (Draw(random, 0, 3) == 0) attributes.dilation_w = Draw(random, 1, 3);
  attributes.activation = DrawActivation(random);
  return attributes;
}

void AddBias(TestNode& node, std::mt19937& random, ElementType type, int channels, const Quantization& quantization) {
  if (Draw(random, 0, 4) == 0) return;
  node.AddConstant(BiasType(type), {channels}, quantization);
}

TestNode ConvNode(std::mt19937& random, ElementType type, int groups = 1) {
  const int kernel = Draw(random, 1, 4);
  const int depth = Draw(random, 1, 20);
  const int outputs = groups * Draw(random, 1, 40);
  const auto q = DrawQuantizations(random, type, 0, outputs, kernel * kernel * depth);
  TestNode node(OpCode::kConv2d, DrawWindow<Conv2dAttributes>(random), random);
  const Shape input{Draw(random, 1, 2), Draw(random, 10, 20), Draw(random, 10, 20), groups * depth};
  node.AddInput(type, input, q.input);
  node.AddConstant(type, {outputs, kernel, Draw(random, 1, 4), depth}, q.filter);
  AddBias(node, random, type, outputs, q.bias);
  node.AddOutput(type, q.output);
  return node;
}

TestNode DepthwiseNode(std::mt19937& random, ElementType type) {
  auto attributes = DrawWindow<DepthwiseConv2dAttributes>(random);
  attributes.depth_multiplier = Draw(random, 0, 1) == 0 ? 1 : Draw(random, 1, 4);
  const int kernel = Draw(random, 1, 5);
  const int channels = Draw(random, 1, 40);
  const int outputs = channels * attributes.depth_multiplier;
  const auto q = DrawQuantizations(random, type, 3, outputs, kernel * kernel);
  TestNode node(OpCode::kDepthwiseConv2d, attributes, random);
  node.AddInput(type, {Draw(random, 1, 2), Draw(random, 13, 20), Draw(random, 13, 20), channels}, q.input);
  node.AddConstant(type, {1, kernel, Draw(random, 1, 5), outputs}, q.filter);
  AddBias(node, random, type, outputs, q.bias);
  node.AddOutput(type, q.output);
  return node;
}

TestNode FullyConnectedNode(std::mt19937& random, ElementType type) {
  FullyConnectedAttributes attributes;
  attributes.activation = DrawActivation(random);
  attributes.keep_num_dims = Draw(random, 0, 1) == 1;
  const int inputs = Draw(random, 1, 300);
  const int outputs = Draw(random, 1, 100);
  const auto q = DrawQuantizations(random, type, 0, outputs, inputs);
  TestNode node(OpCode::kFullyConnected, attributes, random);
  node.AddInput(type, {Draw(random, 1, 3), Draw(random, 1, 2), inputs}, q.input);
  node.AddConstant(type, {outputs, inputs}, q.filter);
  AddBias(node, random, type, outputs, q.bias);
  node.AddOutput(type, q.output);
  return node;
}

class XnnpackWeights : public testing::TestWithParam<ElementType> {};

INSTANTIATE_TEST_SUITE_P(Types, XnnpackWeights, testing::ValuesIn(kTypes),
                         [](const auto& type) { return std::string(ElementTypeName(type.param)); });

TEST_P(XnnpackWeights, Conv2dMatchesPortableKernel) {
  std::mt19937 random(1);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node = ConvNode(random, GetParam());
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackWeights, GroupedConv2dMatchesPortableKernel) {
  std::mt19937 random(2);
  for (int i = 0; i < kCases / 4; ++i) {
    SCOPED_TRACE(i);
    TestNode node = ConvNode(random, GetParam(), Draw(random, 2, 4));
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackWeights, DepthwiseConv2dMatchesPortableKernel) {
  std::mt19937 random(3);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node = DepthwiseNode(random, GetParam());
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackWeights, FullyConnectedMatchesPortableKernel) {
  std::mt19937 random(4);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node = FullyConnectedNode(random, GetParam());
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

// Each of 1600 windows needs 400 pointers; those of a depthwise convolution share most.
TEST(XnnpackWeights, TablesOfPointersAreHeldToTheLimit) {
  std::mt19937 random(6);
  const auto node_of = [&](OpCode op, const Attributes& attributes) {
    TestNode node(op, attributes, random);
    node.AddInput(ElementType::kFloat32, {1, 40, 40, 1});
    node.AddConstant(ElementType::kFloat32, {1, 20, 20, 1});
    node.AddOutput(ElementType::kFloat32);
    return node;
  };
  const auto is_taken = [&](TestNode& node, std::size_t max_bytes) {
    const auto delegate = NewXnnpackDelegate();
    const auto prepared = PrepareWith(*delegate, node, 1, max_bytes);
    return prepared.ok() && prepared->kernel != nullptr;
  };
  TestNode conv = node_of(OpCode::kConv2d, Conv2dAttributes{.padding = Padding::kSame});
  ASSERT_TRUE(conv.Infer().ok());
  EXPECT_FALSE(is_taken(conv, 5'000'000));
  EXPECT_TRUE(is_taken(conv, 6'000'000));
  TestNode depthwise = node_of(OpCode::kDepthwiseConv2d, DepthwiseConv2dAttributes{.padding = Padding::kSame});
  ASSERT_TRUE(depthwise.Infer().ok());
  EXPECT_FALSE(is_taken(depthwise, 300'000));
  EXPECT_TRUE(is_taken(depthwise, 500'000));
}

TEST_P(XnnpackWeights, SessionsShareOneCopyOfPackedWeights) {
  std::mt19937 random(5);
  for (const auto& make :
       {+[](std::mt19937&r, ElementType t) { return ConvNode(r, t); }, +&DepthwiseNode, +&FullyConnectedNode}) {
    TestNode node = make(random, GetParam());
    ASSERT_TRUE(node.Infer().ok());
    const auto delegate = NewXnnpackDelegate();
    const auto prepared = PrepareWith(*delegate, node);
    ASSERT_TRUE(prepared.ok() && prepared->kernel != nullptr);
    const std::size_t packed = prepared->kernel->packed_bytes();
    EXPECT_GT(packed, 0U);
    TestSession first(node, *prepared);
    const Bytes expected = first.Run().value();
    TestSession second(node, *prepared);
    EXPECT_EQ(prepared->kernel->packed_bytes(), packed);
    EXPECT_EQ(second.Run().value(), expected);
    EXPECT_EQ(first.Run().value(), expected);
  }
}

TEST(XnnpackWeightsDeclines, WeightsThatAreNotConstant) {
  std::mt19937 random(6);
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, random);
  node.AddInput(ElementType::kFloat32, {1, 8});
  node.AddInput(ElementType::kFloat32, {4, 8});
  node.AddOutput(ElementType::kFloat32);
  ExpectDelegateDeclines(node);
}

TEST(XnnpackWeightsDeclines, HybridAndInt16) {
  std::mt19937 random(7);
  for (const ElementType type : {ElementType::kFloat32, ElementType::kInt16}) {
    TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, random);
    node.AddInput(type, {1, 8}, type == ElementType::kInt16 ? PerTensor(0.1F, 0) : Quantization{});
    node.AddConstant(ElementType::kInt8, {4, 8}, PerTensor(0.1F, 0));
    node.AddOutput(type, type == ElementType::kInt16 ? PerTensor(0.1F, 0) : Quantization{});
    ExpectDelegateDeclines(node);
  }
}

TestNode FullyConnectedWith(std::mt19937& random, const Quantization& filter, const Quantization& output) {
  TestNode node(OpCode::kFullyConnected, FullyConnectedAttributes{}, random);
  node.AddInput(ElementType::kInt8, {1, 8}, PerTensor(0.5F, 3));
  node.AddConstant(ElementType::kInt8, {2, 8}, filter);
  node.AddOutput(ElementType::kInt8, output);
  return node;
}

TEST(XnnpackWeightsDeclines, ScalesThatItCannotExpress) {
  std::mt19937 random(8);
  TestNode too_large = FullyConnectedWith(random, PerTensor(0.5F, 0), PerTensor(0.25F / 256.0F, 0));
  ExpectDelegateDeclines(too_large);
  TestNode largest = FullyConnectedWith(random, PerTensor(0.5F, 0), PerTensor(0.25F / 255.0F, 0));
  ExpectDelegateMatches(largest);
  TestNode asymmetric = FullyConnectedWith(random, PerTensor(0.5F, 1), PerTensor(1.0F, 0));
  ExpectDelegateDeclines(asymmetric);
  TestNode absent = FullyConnectedWith(random, Quantization{}, PerTensor(1.0F, 0));
  ExpectDelegateDeclines(absent);
}

}  // namespace
}  // namespace tfld::engine
