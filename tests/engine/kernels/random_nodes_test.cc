// Nodes with random types, shapes and options: every operator either refuses them or computes within its buffers.
//
// The buffers have exactly the sizes that the tensors say, so that the address sanitizer sees what goes beyond.
#include <gtest/gtest.h>

#include <random>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

class NodeMaker {
 public:
  explicit NodeMaker(unsigned seed) : random_(seed) {}

  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int percent) { return Pick(1, 100) <= percent; }

  TestNode Make(const Operator& definition) {
    TestNode node(definition.code, MakeAttributes(definition.code), Pick(1, definition.max_version));
    const ElementType main_type = PickType();
    const Shape main_shape = PickShape();
    const int inputs =
        Pick(definition.arity.min_inputs, std::min(definition.arity.max_inputs, definition.arity.min_inputs + 2));
    for (int i = 0; i < inputs; ++i) {
      if (i == 0 && TakesHandle(definition.code)) {
        node.AddInput(ElementType::kResource, {1}, std::vector<std::byte>(4, std::byte(Chance(10) ? 1 : 0)), {}, false);
      } else if (HasWeights(definition.code) && i > 0 && Chance(80)) {
        AddWeights(node, definition.code, i, main_type, main_shape);
      } else {
        AddInput(node, i, definition.code, main_type, main_shape);
      }
    }
    const int outputs = Pick(definition.arity.min_outputs, std::min(definition.arity.max_outputs, 3));
    for (int i = 0; i < outputs; ++i) {
      const bool is_handle = definition.code == OpCode::kVarHandle;
      const ElementType type = is_handle ? ElementType::kResource : Chance(85) ? main_type : PickType();
      node.Output(type, PickQuantization(type, main_shape), PickShape());
    }
    return node;
  }

 private:
  ElementType PickType() {
    static constexpr ElementType kTypes[] = {ElementType::kFloat32, ElementType::kInt8,    ElementType::kUInt8,
                                             ElementType::kInt16,   ElementType::kInt32,   ElementType::kInt64,
                                             ElementType::kBool,    ElementType::kFloat16, ElementType::kInt4};
    return kTypes[Chance(75) ? Pick(0, 2) : Pick(0, 8)];
  }

  Shape PickShape() {
    Shape shape;
    const int rank = Chance(60) ? 4 : Pick(0, 5);
    for (int i = 0; i < rank; ++i) shape.Append(Chance(4) ? 0 : Pick(1, Chance(10) ? 9 : 4));
    return shape;
  }

  Quantization PickQuantization(ElementType type, const Shape& shape) {
    if (!IsInteger(type) || ElementBits(type) > 16 || Chance(5)) return {};
    const float scale = Chance(3) ? 1e30F : Chance(3) ? 1e-30F : Chance(50) ? 1.0F / 256 : 0.5F;
    const int low = type == ElementType::kUInt8 ? 0 : -128;
    const std::int32_t zero_point = type == ElementType::kInt16 ? 0 : Chance(50) ? low : Pick(low, low + 255);
    if (shape.rank() > 0 && Chance(20)) {
      const int axis = Pick(0, shape.rank() - 1);
      const int channels = Chance(90) ? shape.dim(axis) : Pick(1, 4);
      if (channels > 1) return QuantizedChannels(std::vector<float>(static_cast<std::size_t>(channels), scale), axis);
    }
    return Quantized(scale, zero_point);
  }

  static bool TakesHandle(OpCode op) { return op == OpCode::kReadVariable || op == OpCode::kAssignVariable; }
  static bool HasWeights(OpCode op) {
    return op == OpCode::kConv2d || op == OpCode::kDepthwiseConv2d || op == OpCode::kFullyConnected;
  }

  // Weights and biases that fit to the input more often than chance.
  void AddWeights(TestNode& node, OpCode op, int index, ElementType main_type, const Shape& input) {
    const int channels = 4;
    const int depth = input.rank() > 0 ? input.dim(input.rank() - 1) : 1;
    const bool is_float = main_type == ElementType::kFloat32;
    const bool is_wide = main_type == ElementType::kInt16;
    if (index == 2) {
      const ElementType type = is_float ? main_type : is_wide ? ElementType::kInt64 : ElementType::kInt32;
      const Shape shape{op == OpCode::kDepthwiseConv2d ? depth : channels};
      node.AddInput(type, shape, RandomBytes(type, shape), {}, Chance(80));
      return;
    }
    const ElementType type = is_wide || (is_float && Chance(30)) ? ElementType::kInt8 : main_type;
    const Shape shape = op == OpCode::kFullyConnected ? Shape{channels, depth}
                        : op == OpCode::kConv2d       ? Shape{channels, Pick(1, 3), Pick(1, 3), Chance(80) ? depth : 1}
                                                      : Shape{1, Pick(1, 3), Pick(1, 3), depth};
    node.AddInput(type, shape, RandomBytes(type, shape), PickQuantization(type, shape), Chance(80));
  }

  std::vector<std::byte> RandomBytes(ElementType type, const Shape& shape) {
    std::vector<std::byte> bytes(ByteSize(type, shape.NumElements()));
    for (std::byte& byte : bytes) byte = std::byte(type == ElementType::kBool ? Pick(0, 1) : Pick(0, 255));
    return bytes;
  }

  void AddInput(TestNode& node, int index, OpCode op, ElementType main_type, const Shape& main_shape) {
    if (index > 0 && Chance(5)) {
      node.NoInput();
      return;
    }
    const bool numbers_first = op == OpCode::kSplit;
    if ((index == 0) == numbers_first && Chance(50)) {  // axes, paddings, sizes, indices
      const int rank = main_shape.rank();
      const Shape shape = Chance(20) ? Shape{} : Chance(60) ? Shape{Pick(0, 4)} : Shape{rank, 2};
      std::vector<std::int32_t> elements(static_cast<std::size_t>(shape.NumElements()));
      for (std::int32_t& element : elements) element = Chance(3) ? Pick(-2'000'000'000, 2'000'000'000) : Pick(-3, 4);
      if (Chance(80)) {
        node.Constant<std::int32_t>(shape, elements);
      } else {
        node.Input<std::int32_t>(shape, elements);
      }
      return;
    }
    const ElementType type = Chance(85) ? main_type : PickType();
    const Shape shape = Chance(50) ? main_shape : PickShape();
    node.AddInput(type, shape, RandomBytes(type, shape), PickQuantization(type, shape), Chance(30));
  }

  Padding PickPadding() { return Chance(50) ? Padding::kSame : Padding::kValid; }
  Activation PickActivation() { return static_cast<Activation>(Chance(70) ? 0 : Pick(0, 5)); }

  Attributes MakeAttributes(OpCode op) {
    switch (op) {
      case OpCode::kConv2d:
        return Conv2dAttributes{PickPadding(),           Pick(1, 3),      Pick(1, 3), Pick(1, 2),
                                Chance(2) ? 1 << 30 : 1, PickActivation()};
      case OpCode::kDepthwiseConv2d:
        return DepthwiseConv2dAttributes{PickPadding(), Pick(1, 3),      Pick(1, 3), Pick(1, 2), 1,
                                         Pick(1, 3),    PickActivation()};
      case OpCode::kAveragePool2d:
      case OpCode::kMaxPool2d:
      case OpCode::kL2Pool2d:
        return Pool2dAttributes{PickPadding(), Pick(1, 3),      Pick(1, 3), Chance(2) ? 1 << 30 : Pick(1, 4),
                                Pick(1, 4),    PickActivation()};
      case OpCode::kFullyConnected:
        return FullyConnectedAttributes{PickActivation(), Chance(5), Chance(50), Chance(50)};
      case OpCode::kConcatenation: return ConcatenationAttributes{Pick(-5, 4), Activation::kNone};
      case OpCode::kGather: return GatherAttributes{Pick(-5, 4), Pick(-2, 2)};
      case OpCode::kPack:
      case OpCode::kUnpack: return PackAttributes{Pick(0, 3), Pick(-5, 4)};
      case OpCode::kReshape: return ReshapeAttributes{{Pick(-1, 4), Pick(-1, 64)}};
      case OpCode::kSqueeze: return SqueezeAttributes{{Pick(-5, 4)}};
      case OpCode::kMean:
      case OpCode::kSum:
      case OpCode::kReduceMax:
      case OpCode::kReduceMin:
      case OpCode::kReduceProd:
      case OpCode::kReduceAny:
      case OpCode::kReduceAll: return ReducerAttributes{Chance(50)};
      case OpCode::kCumsum: return CumsumAttributes{Chance(50), Chance(50)};
      case OpCode::kLeakyRelu: return LeakyReluAttributes{static_cast<float>(Pick(-30, 30)) / 10};
      case OpCode::kLocalResponseNormalization: return LocalResponseNormalizationAttributes{Pick(-1, 5), 1, 1, 1};
      case OpCode::kResizeBilinear: return ResizeAttributes{Chance(40), Chance(40)};
      case OpCode::kStridedSlice: {
        const auto mask = [this] { return static_cast<std::uint32_t>(Chance(60) ? 0 : Pick(0, 15)); };
        return StridedSliceAttributes{mask(), mask(), mask(), mask(), mask(), Chance(10)};
      }
      default: return ElementwiseAttributes{PickActivation(), true};
    }
  }

  std::mt19937 random_;
};

// Operators whose inputs hang together more than chance makes them: cells, graphs, tables, complex numbers, and shapes
// that come out of other inputs' elements. Of these only refusals are seen here.
bool NeedsMoreThanChance(OpCode op) {
  switch (op) {
    case OpCode::kBidirectionalSequenceLstm:
    case OpCode::kBidirectionalSequenceRnn:
    case OpCode::kBroadcastArgs:
    case OpCode::kComplexAbs:
    case OpCode::kConv3d:
    case OpCode::kConv3dTranspose:
    case OpCode::kDilate:
    case OpCode::kEmbeddingLookup:
    case OpCode::kEmbeddingLookupSparse:
    case OpCode::kFakeQuant:
    case OpCode::kFill:
    case OpCode::kHashtable:
    case OpCode::kHashtableFind:
    case OpCode::kHashtableImport:
    case OpCode::kHashtableLookup:
    case OpCode::kHashtableSize:
    case OpCode::kIf:
    case OpCode::kImag:
    case OpCode::kLshProjection:
    case OpCode::kLstm:
    case OpCode::kMultinomial:
    case OpCode::kNonMaxSuppressionV4:
    case OpCode::kNonMaxSuppressionV5:
    case OpCode::kOneHot:
    case OpCode::kRandomStandardNormal:
    case OpCode::kRandomUniform:
    case OpCode::kRange:
    case OpCode::kReal:
    case OpCode::kReduceWindow:
    case OpCode::kReverseSequence:
    case OpCode::kRfft2d:
    case OpCode::kRnn:
    case OpCode::kScatterNd:
    case OpCode::kSkipGram:
    case OpCode::kSparseToDense:
    case OpCode::kStablehloCase:
    case OpCode::kStablehloComposite:
    case OpCode::kStablehloReduceWindow:
    case OpCode::kStablehloRngBitGenerator:
    case OpCode::kStablehloScatter:
    case OpCode::kStablehloWhile:
    case OpCode::kSvdf:
    case OpCode::kTransposeConv:
    case OpCode::kUnidirectionalSequenceLstm:
    case OpCode::kUnidirectionalSequenceRnn:
    case OpCode::kWhile: return true;
    default: return false;
  }
}

class RandomNodes : public ::testing::TestWithParam<int> {};

TEST_P(RandomNodes, StayInsideOfTheirBuffers) {
  constexpr std::int64_t kLargest = 1 << 20;  // elements of an output
  constexpr int kNodes = 3000;
  const Operator& definition = Operators()[static_cast<std::size_t>(GetParam())];
  NodeMaker maker(static_cast<unsigned>(definition.code) + 1);  // the same nodes wherever the operator is in the list
  TestServices services;
  services.variable = {
      .assigned = true, .type = ElementType::kFloat32, .shape = {4}, .data = std::vector<std::byte>(16)};
  int computed = 0;
  for (int i = 0; i < kNodes; ++i) {
    TestNode node = maker.Make(definition);
    if (!node.Infer().ok()) continue;
    bool small = true;
    for (const Value& value : node.graph().values) small = small && value.shape.NumElements() <= kLargest;
    if (small && node.Run(&services).ok()) ++computed;
  }
  RecordProperty("computed", computed);
  EXPECT_TRUE(computed > 0 || NeedsMoreThanChance(definition.code));
}

// Custom operators need their options, which no chance gives; they have tests of their own.
std::vector<int> BuiltinOperators() {
  std::vector<int> indices;
  for (std::size_t i = 0; i < Operators().size(); ++i) {
    if (Operators()[i].code != OpCode::kCustom) indices.push_back(static_cast<int>(i));
  }
  return indices;
}

INSTANTIATE_TEST_SUITE_P(All, RandomNodes, ::testing::ValuesIn(BuiltinOperators()), [](const auto& test) {
  return std::string(OpCodeName(Operators()[static_cast<std::size_t>(test.param)].code));
});

}  // namespace
}  // namespace tfld::engine
