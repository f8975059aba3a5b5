// Elementwise operators of the XNNPACK delegate against the portable kernels.
#include <algorithm>

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
// Reads an element as a real number, and writes one.
double Read(const Value& value, const Bytes& bytes, std::size_t i) {
  switch (value.type) {
    case ElementType::kInt8:
      return (static_cast<std::int8_t>(bytes[i]) - value.zero_point()) * static_cast<double>(value.scale());
    case ElementType::kUInt8:
      return (static_cast<std::uint8_t>(bytes[i]) - value.zero_point()) * static_cast<double>(value.scale());
    default: return static_cast<double>(reinterpret_cast<const float*>(bytes.data())[i]);
  }
}

void Write(const Value& value, Bytes& bytes, std::size_t i, double real) {
  if (value.type == ElementType::kFloat32) {
    reinterpret_cast<float*>(bytes.data())[i] = static_cast<float>(real);
    return;
  }
  const bool is_signed = value.type == ElementType::kInt8;
  const double steps = std::round(real / static_cast<double>(value.scale())) + value.zero_point();
  const double clamped = std::min(std::max(steps, is_signed ? -128.0 : 0.0), is_signed ? 127.0 : 255.0);
  bytes[i] = static_cast<std::byte>(static_cast<int>(clamped));
}

// For operators that have no portable kernel: against the function itself, in double.
void CheckFunction(OpCode op, ElementType type, std::uint32_t seed, const Attributes& attributes,
                   double (*function)(double)) {
  std::mt19937 random(seed);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    const Shape shape = DrawShape(random);
    TestNode node(op, attributes, random);
    node.AddInput(type, shape, DrawQuantization(random, type));
    node.AddOutput(type, DrawQuantization(random, type));
    node.SetOutputShape(shape);
    const auto delegate = NewXnnpackDelegate();
    const auto prepared = PrepareWith(*delegate, node);
    ASSERT_TRUE(prepared.ok() && prepared->kernel != nullptr);
    Bytes expected(node.output().byte_size());
    for (std::size_t k = 0; k < static_cast<std::size_t>(shape.NumElements()); ++k) {
      Write(node.output(), expected, k, function(Read(node.graph().values[0], node.input_data()[0], k)));
    }
    EXPECT_LE(Difference(type, expected, TestSession(node, *prepared).Run().value()), ToleranceFor(type));
  }
}

TEST_P(XnnpackElementwise, HardSwishMatchesItsDefinition) {
  CheckFunction(OpCode::kHardSwish, GetParam(), 26, {},
                [](double x) { return x * std::min(std::max(x + 3.0, 0.0), 6.0) / 6.0; });
}

TEST_P(XnnpackElementwise, LeakyReluMatchesItsDefinition) {
  CheckFunction(OpCode::kLeakyRelu, GetParam(), 27, LeakyReluAttributes{0.25F},
                [](double x) { return x < 0 ? 0.25 * x : x; });
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
