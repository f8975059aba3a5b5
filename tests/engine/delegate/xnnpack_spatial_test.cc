// Pooling, mean, softmax, resize, transpose and pad of the XNNPACK delegate against the portable kernels.
#include <algorithm>
#include <limits>

#include "tests/engine/delegate/xnnpack_test_util.h"

namespace tfld::engine {
namespace {

constexpr int kCases = 40;
constexpr ElementType kTypes[] = {ElementType::kFloat32, ElementType::kInt8, ElementType::kUInt8};

class XnnpackSpatial : public testing::TestWithParam<ElementType> {};

INSTANTIATE_TEST_SUITE_P(Types, XnnpackSpatial, testing::ValuesIn(kTypes),
                         [](const auto& type) { return std::string(ElementTypeName(type.param)); });

Shape DrawImage(std::mt19937& random) {
  return {Draw(random, 1, 2), Draw(random, 6, 16), Draw(random, 6, 16), Draw(random, 1, 40)};
}

Pool2dAttributes DrawPool(std::mt19937& random) {
  Pool2dAttributes attributes;
  attributes.padding = Draw(random, 0, 1) == 0 ? Padding::kSame : Padding::kValid;
  attributes.filter_h = Draw(random, 2, 5);
  attributes.filter_w = Draw(random, 1, 5);
  attributes.stride_h = Draw(random, 1, attributes.filter_h);
  attributes.stride_w = Draw(random, 1, attributes.filter_w);
  attributes.activation = static_cast<Activation>(Draw(random, 0, 3));
  return attributes;
}

// Input and output of the same quantization.
TestNode ImageNode(std::mt19937& random, OpCode op, const Attributes& attributes, ElementType type,
                   const Shape& shape) {
  TestNode node(op, attributes, random);
  const Quantization quantization = DrawQuantization(random, type);
  node.AddInput(type, shape, quantization);
  node.AddOutput(type, quantization);
  return node;
}

TEST_P(XnnpackSpatial, MaxPool2dMatchesPortableKernel) {
  std::mt19937 random(41);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node = ImageNode(random, OpCode::kMaxPool2d, DrawPool(random), GetParam(), DrawImage(random));
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackSpatial, AveragePool2dMatchesPortableKernel) {
  std::mt19937 random(42);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    Pool2dAttributes attributes = DrawPool(random);
    if (GetParam() != ElementType::kFloat32) attributes.padding = Padding::kValid;
    const Shape shape = DrawImage(random);
    if (GetParam() == ElementType::kInt8) {
      attributes.filter_h = shape.dim(1);
      attributes.filter_w = shape.dim(2);
    }
    TestNode node = ImageNode(random, OpCode::kAveragePool2d, attributes, GetParam(), shape);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST(XnnpackSpatial, PaddedAveragePool2dInUInt8IsDeclined) {
  std::mt19937 random(43);
  Pool2dAttributes attributes;
  attributes.filter_h = attributes.filter_w = 3;
  TestNode node = ImageNode(random, OpCode::kAveragePool2d, attributes, ElementType::kUInt8, {1, 8, 8, 4});
  ExpectDelegateDeclines(node);
}

// XNNPACK's table of the pixels under the windows would have had gigabytes, or as many bytes as fit no number: then it
// was allocated too small and written beyond.
TEST_P(XnnpackSpatial, PoolsOfHugeWindowsAreDeclined) {
  constexpr int kMost = std::numeric_limits<int>::max();
  std::mt19937 random(47);
  for (const int size : {1 << 15, 1 << 30, kMost}) {
    for (const OpCode op : {OpCode::kMaxPool2d, OpCode::kAveragePool2d}) {
      const Pool2dAttributes attributes{.padding = Padding::kSame, .filter_h = size, .filter_w = size};
      TestNode node = ImageNode(random, op, attributes, GetParam(), {1, 4, 4, 3});
      ExpectDelegateDeclines(node, std::size_t{1} << 30);
    }
  }
}

TEST(XnnpackSpatial, TablesOfPointersAreHeldToTheLimit) {
  std::mt19937 random(48);
  TestNode pool = ImageNode(random, OpCode::kMaxPool2d, Pool2dAttributes{.filter_h = 8, .filter_w = 8},
                            ElementType::kInt8, {1, 64, 64, 1});
  TestNode resize = ImageNode(random, OpCode::kResizeBilinear, ResizeAttributes{}, ElementType::kInt8, {1, 16, 16, 1});
  resize.AddInts({2}, {64, 64});
  for (TestNode* node : {&pool, &resize}) {
    ExpectDelegateDeclines(*node, std::size_t{1} << 14);
    const auto delegate = NewXnnpackDelegate();
    const auto prepared = PrepareWith(*delegate, *node, 1, std::size_t{1} << 20);
    ASSERT_TRUE(prepared.ok());
    EXPECT_NE(prepared->kernel, nullptr);
  }
}

TEST_P(XnnpackSpatial, MeanMatchesPortableKernel) {
  std::mt19937 random(44);
  const std::vector<std::vector<std::int32_t>> axes = {{1, 2}, {2, 1}, {-2, -3}, {3}, {0}, {1, 2, 3}, {1, 1}};
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    TestNode node(OpCode::kMean, ReducerAttributes{Draw(random, 0, 1) == 1}, random);
    node.AddInput(GetParam(), DrawImage(random), DrawQuantization(random, GetParam()));
    const auto& chosen = axes[static_cast<std::size_t>(i) % axes.size()];
    node.AddInts({static_cast<std::int32_t>(chosen.size())}, chosen);
    node.AddOutput(GetParam(), DrawQuantization(random, GetParam()));
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST(XnnpackSpatial, SoftmaxMatchesPortableKernel) {
  std::mt19937 random(45);
  for (const ElementType type : {ElementType::kFloat32, ElementType::kUInt8}) {
    for (int i = 0; i < kCases; ++i) {
      SCOPED_TRACE(i);
      TestNode node(OpCode::kSoftmax, SoftmaxAttributes{}, random);
      const bool is_float = type == ElementType::kFloat32;
      const auto scale = std::uniform_real_distribution<float>(0.004F, 0.2F)(random);
      node.AddInput(type, {Draw(random, 1, 3), Draw(random, 1, 300)},
                    is_float ? Quantization{} : PerTensor(scale, DrawZeroPoint(random, type)));
      node.AddOutput(type, is_float ? Quantization{} : PerTensor(1.0F / 256, 0));
      ExpectDelegateMatches(node, 1 + i % 2);
    }
  }
}

TEST_P(XnnpackSpatial, ResizeBilinearMatchesPortableKernel) {
  std::mt19937 random(46);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    ResizeAttributes attributes;
    attributes.align_corners = i % 3 == 1;
    attributes.half_pixel_centers = i % 3 == 2;
    TestNode node(OpCode::kResizeBilinear, attributes, random);
    const Quantization quantization = DrawQuantization(random, GetParam());
    const Shape image = DrawImage(random);
    node.AddInput(GetParam(), image, quantization);
    if (GetParam() == ElementType::kInt8) {  // only steps of a whole number of 1/1024
      const int edge = attributes.align_corners ? 1 : 0;
      node.AddInts({2}, {(image.dim(1) - edge) * 2 + edge, (image.dim(2) - edge) * 4 + edge});
    } else {
      node.AddInts({2}, {Draw(random, 2, 30), Draw(random, 2, 30)});
    }
    node.AddOutput(GetParam(), quantization);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST(XnnpackSpatial, ResizeBilinearInInt8BySlantedStepsIsDeclined) {
  std::mt19937 random(49);
  TestNode node(OpCode::kResizeBilinear, ResizeAttributes{}, random);
  node.AddInput(ElementType::kInt8, {1, 7, 7, 3}, PerTensor(0.1F, 0));
  node.AddInts({2}, {23, 23});
  node.AddOutput(ElementType::kInt8, PerTensor(0.1F, 0));
  ExpectDelegateDeclines(node);
}

TEST_P(XnnpackSpatial, TransposeMatchesPortableKernel) {
  std::mt19937 random(47);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    std::vector<std::int32_t> permutation = {0, 1, 2, 3};
    std::shuffle(permutation.begin(), permutation.end(), random);
    TestNode node(OpCode::kTranspose, {}, random);
    const Quantization quantization = DrawQuantization(random, GetParam());
    node.AddInput(GetParam(), DrawImage(random), quantization);
    node.AddInts({4}, permutation);
    node.AddOutput(GetParam(), quantization);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

TEST_P(XnnpackSpatial, PadMatchesPortableKernel) {
  std::mt19937 random(48);
  for (int i = 0; i < kCases; ++i) {
    SCOPED_TRACE(i);
    std::vector<std::int32_t> paddings;
    for (int k = 0; k < 8; ++k) paddings.push_back(Draw(random, 0, 2));
    TestNode node(OpCode::kPad, {}, random);
    const Quantization quantization = DrawQuantization(random, GetParam());
    node.AddInput(GetParam(), DrawImage(random), quantization);
    node.AddInts({4, 2}, paddings);
    node.AddOutput(GetParam(), quantization);
    ExpectDelegateMatches(node, 1 + i % 2);
  }
}

}  // namespace
}  // namespace tfld::engine
