#include "engine/plan/changing_memory.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using test::TensorSpec;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;
constexpr auto kInt8 = wire::TensorType_INT8;
constexpr auto kInt32 = wire::TensorType_INT32;

// Of each input and of each output of the model, on both backends.
struct Answers {
  std::vector<bool> inputs, outputs;
  bool operator==(const Answers&) const = default;
};

Answers Ask(const std::vector<std::byte>& bytes) {
  Answers answers[2];
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    const auto model = Model::FromBytes(bytes, "m");
    EXPECT_TRUE(model.ok()) << model.status().ToString();
    const auto executable = Executable::Create(*model, {.backend = backend});
    EXPECT_TRUE(executable.ok()) << executable.status().ToString();
    Answers& of_backend = answers[backend == Backend::kCpu];
    for (const TensorInfo& input : (*executable)->inputs()) of_backend.inputs.push_back(input.may_change);
    for (const TensorInfo& output : (*executable)->outputs()) of_backend.outputs.push_back(output.may_change);
  }
  EXPECT_EQ(answers[0], answers[1]);
  return answers[0];
}

std::vector<bool> MayChange(const std::vector<std::byte>& bytes) { return Ask(bytes).inputs; }
std::vector<bool> OutputsMayChange(const std::vector<std::byte>& bytes) { return Ask(bytes).outputs; }

struct Padding {
  ModelBuilder builder;
  int x = builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  int padded = builder.AddTensor({.type = kFloat, .shape = {1, 6}});

  Padding() {
    const int pad = builder.AddConstant<std::int32_t>({.type = kInt32, .shape = {2, 2}}, {0, 0, 1, 1});
    builder.AddOperator({.op = wire::BuiltinOperator_PAD, .inputs = {x, pad}, .outputs = {padded}});
  }
};

// Softmax and, of it, the place of the largest; what is given out is up to the caller.
struct Classifier {
  ModelBuilder builder;
  int x = builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  int scores = builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  int best = builder.AddTensor({.type = kInt32, .shape = {1}});

  Classifier() {
    const int axis = builder.AddConstant<std::int32_t>({.type = kInt32, .shape = {1}}, {1});
    builder.AddOperator({.op = wire::BuiltinOperator_SOFTMAX,
                         .inputs = {x},
                         .outputs = {scores},
                         .options_type = wire::BuiltinOptions_SoftmaxOptions,
                         .options = wire::CreateSoftmaxOptions(builder.fbb(), 1).Union()});
    builder.AddOperator({.op = wire::BuiltinOperator_ARG_MAX,
                         .inputs = {scores, axis},
                         .outputs = {best},
                         .options_type = wire::BuiltinOptions_ArgMaxOptions,
                         .options = wire::CreateArgMaxOptions(builder.fbb(), kInt32).Union()});
  }
};

// A fully connected layer of two inputs and outputs.
std::vector<std::byte> FullyConnected(wire::TensorType data, wire::TensorType weights) {
  ModelBuilder builder;
  const auto quantized = [](wire::TensorType type, std::vector<std::int32_t> shape) {
    TensorSpec spec{.type = type, .shape = std::move(shape)};
    if (type == kInt8) {
      spec.scales = {0.5F};
      spec.zero_points = {0};
    }
    return spec;
  };
  const int x = builder.AddTensor(quantized(data, {1, 2}));
  const int w = weights == kFloat ? builder.AddConstant<float>(quantized(weights, {2, 2}), {1, 2, 3, 4})
                                  : builder.AddConstant<std::int8_t>(quantized(weights, {2, 2}), {1, 2, 3, 4});
  const int y = builder.AddTensor(quantized(data, {1, 2}));
  builder.AddOperator({.op = wire::BuiltinOperator_FULLY_CONNECTED,
                       .inputs = {x, w, -1},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_FullyConnectedOptions,
                       .options = wire::CreateFullyConnectedOptions(builder.fbb()).Union()});
  return builder.Finish({x}, {y});
}

TEST(ChangingInput, OfLayersThatMultiply) {
  EXPECT_EQ(MayChange(FullyConnected(kFloat, kFloat)), std::vector{true});
  EXPECT_EQ(MayChange(FullyConnected(kInt8, kInt8)), std::vector{true});
  EXPECT_EQ(MayChange(FullyConnected(kFloat, kInt8)), std::vector{false}) << "its range is looked for first";
}

TEST(ChangingInput, DataIsNotIndices) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kInt8, .shape = {1, 8}});
  const int begin = builder.AddTensor({.type = kInt32, .shape = {2}});
  const int size = builder.AddConstant<std::int32_t>({.type = kInt32, .shape = {2}}, {1, 1});
  const int y = builder.AddTensor({.type = kInt8, .shape = {1, 1}});
  builder.AddOperator({.op = wire::BuiltinOperator_SLICE, .inputs = {x, begin, size}, .outputs = {y}});
  EXPECT_EQ(MayChange(builder.Finish({x, begin}, {y})), (std::vector{true, false}));
}

TEST(ChangingInput, EveryReaderCounts) {
  Padding one;
  const int softmax = one.builder.AddTensor({.type = kFloat, .shape = {1, 4}});
  one.builder.AddOperator({.op = wire::BuiltinOperator_SOFTMAX,
                           .inputs = {one.x},
                           .outputs = {softmax},
                           .options_type = wire::BuiltinOptions_SoftmaxOptions,
                           .options = wire::CreateSoftmaxOptions(one.builder.fbb(), 1).Union()});
  EXPECT_EQ(MayChange(one.builder.Finish({one.x}, {one.padded, softmax})), std::vector{false});
}

TEST(ChangingOutput, OfLayersThatMultiply) {
  EXPECT_EQ(OutputsMayChange(FullyConnected(kFloat, kFloat)), std::vector{true});
  EXPECT_EQ(OutputsMayChange(FullyConnected(kInt8, kInt8)), std::vector{true});
}

TEST(ChangingOutput, ThatIsReadAgain) {
  Classifier both;
  EXPECT_EQ(OutputsMayChange(both.builder.Finish({both.x}, {both.scores, both.best})), (std::vector{false, false}))
      << "the scores are read for the best, and places are no numbers";
}

TEST(ChangingOutput, ThatIsGivenTwice) {
  Padding one;
  EXPECT_EQ(OutputsMayChange(one.builder.Finish({one.x}, {one.padded, one.padded})), (std::vector{false, false}));
}

TEST(ChangingInput, ThatIsAlsoAnOutput) {
  Padding one;
  EXPECT_EQ(MayChange(one.builder.Finish({one.x}, {one.padded, one.x})), std::vector{false});
}

}  // namespace
}  // namespace tfld::engine
