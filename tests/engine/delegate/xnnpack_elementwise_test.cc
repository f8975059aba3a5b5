// Elementwise operators of the XNNPACK delegate against the portable kernels.
#include "tests/engine/delegate/xnnpack_test_util.h"

namespace tfld::engine {
namespace {

constexpr int kCases = 40;
constexpr ElementType kTypes[] = {ElementType::kFloat32, ElementType::kInt8, ElementType::kUInt8};

class XnnpackElementwise : public testing::TestWithParam<ElementType> {};

INSTANTIATE_TEST_SUITE_P(Types, XnnpackElementwise, testing::ValuesIn(kTypes),
                         [](const auto& type) { return std::string(ElementTypeName(type.param)); });

Shape DrawShape(std::mt19937& random) {
  Shape shape;
  for (int rank = Draw(random, 1, 4); rank > 0; --rank) shape.Append(Draw(random, 1, 9));
  return shape;
}

// A shape that broadcasts to `shape`: some dimensions one, some leading ones left out.
Shape Broadcastable(std::mt19937& random, const Shape& shape) {
  Shape result;
  for (int axis = Draw(random, 0, shape.rank() - 1); axis < shape.rank(); ++axis) {
    result.Append(Draw(random, 0, 2) == 0 ? 1 : shape.dim(axis));
  }
  return result;
}

void AddOperand(TestNode& node, std::mt19937& random, ElementType type, const Shape& shape, bool is_constant) {
  const Quantization quantization = DrawQuantization(random, type);
  if (is_constant)
    node.AddConstant(type, shape, quantization);
  else
    node.AddInput(type, shape, quantization);
}

void CheckBinary(OpCode op, ElementType type, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    ElementwiseAttributes attributes;
    const bool has_activation = op != OpCode::kMaximum && op != OpCode::kMinimum;
    if (has_activation) attributes.activation = static_cast<Activation>(Draw(random, 0, 3));
    TestNode node(op, attributes, random);
    const Shape shape = DrawShape(random);
    const bool swap = Draw(random, 0, 1) == 1;
    const int constant = Draw(random, 0, 3);
    const Shape other = i % 2 == 0 ? shape : Broadcastable(random, shape);
    AddOperand(node, random, type, swap ? other : shape, constant == 0);
    AddOperand(node, random, type, swap ? shape : other, constant == 1);
    node.AddOutput(type, DrawQuantization(random, type));
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackElementwise, AddMatchesPortableKernel) { CheckBinary(OpCode::kAdd, GetParam(), 11); }
TEST_P(XnnpackElementwise, SubMatchesPortableKernel) { CheckBinary(OpCode::kSub, GetParam(), 12); }
TEST_P(XnnpackElementwise, MulMatchesPortableKernel) { CheckBinary(OpCode::kMul, GetParam(), 13); }
TEST(XnnpackElementwise, DivMatchesPortableKernel) { CheckBinary(OpCode::kDiv, ElementType::kFloat32, 14); }
TEST(XnnpackElementwise, MaximumMatchesPortableKernel) { CheckBinary(OpCode::kMaximum, ElementType::kFloat32, 15); }
TEST(XnnpackElementwise, MinimumMatchesPortableKernel) { CheckBinary(OpCode::kMinimum, ElementType::kFloat32, 16); }

TEST(XnnpackElementwise, PreluMatchesPortableKernel) {
  std::mt19937 random(17);
  for (int i = 0; i < kCases; ++i) {
    TestNode node(OpCode::kPrelu, {}, random);
    const Shape shape = DrawShape(random);
    node.AddInput(ElementType::kFloat32, shape);
    node.AddConstant(ElementType::kFloat32, {shape.dim(shape.rank() - 1)});
    node.AddOutput(ElementType::kFloat32);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

void CheckUnary(OpCode op, ElementType from, ElementType to, std::uint32_t seed, const Attributes& attributes = {},
                const Quantization& output = {}) {
  std::mt19937 random(seed);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node(op, attributes, random);
    node.AddInput(from, DrawShape(random), DrawQuantization(random, from));
    node.AddOutput(to, output.empty() ? DrawQuantization(random, to) : output);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

// The scale that TensorFlow Lite fixes for results in [0, 1] and in [-1, 1].
Quantization UnitRange(ElementType type) {
  if (type == ElementType::kFloat32) return {};
  return PerTensor(1.0F / 256, type == ElementType::kInt8 ? -128 : 0);
}
Quantization SignedUnitRange(ElementType type) {
  if (type == ElementType::kFloat32) return {};
  return PerTensor(1.0F / 128, type == ElementType::kInt8 ? 0 : 128);
}

TEST_P(XnnpackElementwise, ReluMatchesPortableKernel) { CheckUnary(OpCode::kRelu, GetParam(), GetParam(), 21); }
TEST_P(XnnpackElementwise, ReluN1To1MatchesPortableKernel) {
  CheckUnary(OpCode::kReluN1To1, GetParam(), GetParam(), 22);
}
TEST_P(XnnpackElementwise, Relu6MatchesPortableKernel) { CheckUnary(OpCode::kRelu6, GetParam(), GetParam(), 23); }
TEST_P(XnnpackElementwise, LogisticMatchesPortableKernel) {
  CheckUnary(OpCode::kLogistic, GetParam(), GetParam(), 24, {}, UnitRange(GetParam()));
}
TEST_P(XnnpackElementwise, TanhMatchesPortableKernel) {
  CheckUnary(OpCode::kTanh, GetParam(), GetParam(), 25, {}, SignedUnitRange(GetParam()));
}
TEST_P(XnnpackElementwise, HardSwishMatchesPortableKernel) {
  CheckUnary(OpCode::kHardSwish, GetParam(), GetParam(), 26);
}
TEST_P(XnnpackElementwise, LeakyReluMatchesPortableKernel) {
  CheckUnary(OpCode::kLeakyRelu, GetParam(), GetParam(), 27, LeakyReluAttributes{0.2F});
}

TEST_P(XnnpackElementwise, QuantizeMatchesPortableKernel) {
  for (const ElementType to : {ElementType::kInt8, ElementType::kUInt8}) {
    CheckUnary(OpCode::kQuantize, GetParam(), to, 28);
  }
}

TEST(XnnpackElementwise, DequantizeMatchesPortableKernel) {
  CheckUnary(OpCode::kDequantize, ElementType::kInt8, ElementType::kFloat32, 29);
  CheckUnary(OpCode::kDequantize, ElementType::kUInt8, ElementType::kFloat32, 30);
}

TEST(XnnpackElementwiseDeclines, AnotherType) {
  std::mt19937 random(31);
  for (const ElementType type : {ElementType::kInt16, ElementType::kInt32}) {
    TestNode node(OpCode::kAdd, ElementwiseAttributes{}, random);
    const Quantization q = type == ElementType::kInt16 ? PerTensor(0.01F, 0) : Quantization{};
    node.AddInput(type, {4}, q);
    node.AddInput(type, {4}, q);
    node.AddOutput(type, q);
    ExpectDelegateDeclines(node);
  }
}

TEST(XnnpackElementwiseDeclines, ScalesBeyondItsMultipliers) {
  std::mt19937 random(32);
  TestNode node(OpCode::kAdd, ElementwiseAttributes{}, random);
  node.AddInput(ElementType::kInt8, {4}, PerTensor(1.0F, 0));
  node.AddInput(ElementType::kInt8, {4}, PerTensor(1.0F / 2048, 0));
  node.AddOutput(ElementType::kInt8, PerTensor(1.0F, 0));
  ExpectDelegateDeclines(node);
}

TEST(XnnpackElementwiseDeclines, NoElements) {
  std::mt19937 random(33);
  TestNode node(OpCode::kRelu, {}, random);
  node.AddInput(ElementType::kFloat32, {0, 4});
  node.AddOutput(ElementType::kFloat32);
  ExpectDelegateDeclines(node);
}

}  // namespace
}  // namespace tfld::engine
