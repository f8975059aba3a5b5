#include "engine/model/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;
constexpr auto kInt8 = wire::TensorType_INT8;

std::string MessageOf(std::span<const std::byte> bytes) {
  const auto model = Model::FromBytes(bytes, "m");
  return model.ok() ? "OK" : std::string(model.status().message());
}

TEST(Importer, ReadsTensorsNodesAndSignatures) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kInt8, .shape = {1, 4}, .name = "x", .scales = {0.5F}, .zero_points = {-3}});
  const int y = builder.AddTensor({.type = kFloat, .shape = {1, 4}, .name = "y", .shape_signature = {-1, 4}});
  builder.AddOperator({.op = wire::BuiltinOperator_DEQUANTIZE, .inputs = {x}, .outputs = {y}, .version = 2});
  builder.AddSignature("serve", {{"samples", 0}}, {{"values", 1}});
  builder.AddMetadata("note", std::as_bytes(std::span("hello", 5)));
  const auto model = Model::FromBytes(builder.Finish({x}, {y}), "m");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const Program& program = (*model)->program();
  ASSERT_EQ(program.graphs.size(), 1U);
  const Graph& graph = program.graphs[0];
  EXPECT_EQ(graph.value(x).name, "x");
  EXPECT_EQ(graph.value(x).scale(), 0.5F);
  EXPECT_EQ(graph.value(x).zero_point(), -3);
  EXPECT_EQ(graph.value(y).shape_signature, (std::vector<std::int32_t>{-1, 4}));
  EXPECT_EQ(graph.nodes[0].op, OpCode::kDequantize);
  EXPECT_EQ(graph.nodes[0].version, 2);
  EXPECT_EQ(program.signatures[0].key, "serve");
  EXPECT_EQ(program.signatures[0].outputs[0].name, "values");
  EXPECT_EQ(program.metadata[0].name, "note");
  EXPECT_EQ(program.metadata[0].data.size(), 5U);
}

TEST(Importer, RefusesWhatIsNoModel) {
  EXPECT_THAT(MessageOf({}), HasSubstr("offset 0"));
  const std::vector<std::byte> zeros(64);
  EXPECT_THAT(MessageOf(zeros), HasSubstr("offset 4"));
  std::vector<std::byte> header(64);
  std::memcpy(header.data() + 4, "TFL3", 4);
  EXPECT_THAT(MessageOf(header), HasSubstr("offset 0"));
}

TEST(Importer, NamesTheTensorWhoseDataIsShort) {
  ModelBuilder builder;
  const int c = builder.AddConstant({.type = kFloat, .shape = {4}, .name = "weights"}, std::vector<float>{1, 2, 3});
  const std::string message = MessageOf(builder.Finish({}, {c}));
  EXPECT_THAT(message, HasSubstr("tensor 0 (weights) at offset"));
  EXPECT_THAT(message, HasSubstr("has 12 bytes of data; float32 [4] needs 16"));
}

TEST(Importer, RefusesQuantizationThatDoesNotFit) {
  const auto refuse = [](test::TensorSpec spec) {
    ModelBuilder builder;
    spec.type = kInt8;
    spec.shape = {2, 3};
    const int x = builder.AddTensor(spec);
    return MessageOf(builder.Finish({x}, {x}));
  };
  EXPECT_EQ(refuse({.scales = {0.1F, 0.2F, 0.3F}, .zero_points = {0, 0, 0}, .axis = 1}), "OK");
  EXPECT_THAT(refuse({.scales = {0.1F, 0.2F}, .axis = 1}), HasSubstr("2 scales for dimension 1 of shape [2, 3]"));
  EXPECT_THAT(refuse({.scales = {0.1F, 0.2F}, .axis = 7}), HasSubstr("quantized dimension 7"));
  EXPECT_THAT(refuse({.scales = {-1.0F}}), HasSubstr("finite and positive"));
  EXPECT_THAT(refuse({.scales = {std::numeric_limits<float>::infinity()}}), HasSubstr("finite and positive"));
  EXPECT_THAT(refuse({.scales = {1.0F}, .zero_points = {128}}), HasSubstr("zero point 128"));
}

TEST(Importer, RefusesTopologyThatDoesNotHold) {
  const auto build = [](std::vector<int> inputs, std::vector<int> outputs) {
    ModelBuilder builder;
    for (int i = 0; i < 3; ++i) builder.AddTensor({.type = kFloat, .shape = {1}, .name = "t"});
    builder.AddConstant({.type = kFloat, .shape = {1}, .name = "c"}, std::vector<float>{1});
    builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {0}, .outputs = {1}});
    builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = inputs, .outputs = outputs});
    return MessageOf(builder.Finish({0}, {1}));
  };
  EXPECT_EQ(build({1}, {2}), "OK");
  EXPECT_THAT(build({2}, {2}), HasSubstr("node 1 (RELU) reads tensor 2"));
  EXPECT_THAT(build({1}, {1}), HasSubstr("node 1 (RELU) writes tensor 1"));
  EXPECT_THAT(build({1}, {0}), HasSubstr("writes tensor 0"));
  EXPECT_THAT(build({1}, {3}), HasSubstr("writes tensor 3"));
  EXPECT_THAT(build({9}, {2}), HasSubstr("tensor 9, which does not exist"));
  EXPECT_THAT(build({1}, {-1}), HasSubstr("tensor -1, which does not exist"));
}

TEST(Importer, RefusesOptionsThatCannotBe) {
  const auto build = [](int stride) {
    ModelBuilder builder;
    builder.AddTensor({.type = kFloat, .shape = {1, 4, 4, 1}});
    builder.AddTensor({.type = kFloat, .shape = {1, 2, 2, 1}});
    const auto options = wire::CreatePool2DOptions(builder.fbb(), wire::Padding_VALID, stride, 2, 2, 2).Union();
    builder.AddOperator({.op = wire::BuiltinOperator_MAX_POOL_2D,
                         .inputs = {0},
                         .outputs = {1},
                         .options_type = wire::BuiltinOptions_Pool2DOptions,
                         .options = options});
    return MessageOf(builder.Finish({0}, {1}));
  };
  EXPECT_EQ(build(2), "OK");
  EXPECT_THAT(build(0), HasSubstr("node 0 (MAX_POOL_2D)"));
  EXPECT_THAT(build(0), HasSubstr("stride_w is 0"));
}

TEST(Importer, RefusesSubgraphsThatCallEachOther) {
  ModelBuilder builder;
  const auto options = wire::CreateCallOnceOptions(builder.fbb(), 0).Union();
  builder.AddTensor({.type = kFloat, .shape = {1}});
  builder.AddOperator({.op = wire::BuiltinOperator_CALL_ONCE,
                       .options_type = wire::BuiltinOptions_CallOnceOptions,
                       .options = options});
  EXPECT_THAT(MessageOf(builder.Finish({0}, {0})), HasSubstr("subgraph 0 calls itself"));
}

TEST(Importer, LimitsAreKept) {
  ModelBuilder builder;
  for (int i = 0; i < 10; ++i) builder.AddTensor({.type = kFloat, .shape = {1}});
  const auto bytes = builder.Finish({0}, {0});
  Limits limits;
  limits.max_tensors = 9;
  EXPECT_EQ(Model::FromBytes(bytes, "m", limits).status().code(), StatusCode::kResourceExhausted);
}

TEST(Importer, LocatesDamage) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = kFloat, .shape = {1, 4}, .name = "x"});
  const int y = builder.AddTensor({.type = kFloat, .shape = {1, 4}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
  const std::vector<std::byte> good = builder.Finish({x}, {y});
  for (std::size_t size = 8; size < good.size(); size += 4) {
    const auto status = Model::FromBytes(std::span(good).first(size), "m").status();
    if (status.ok()) continue;
    EXPECT_THAT(std::string(status.message()), HasSubstr("offset")) << size;
  }
  EXPECT_FALSE(Model::FromBytes(std::span(good).first(good.size() / 2), "m").ok());
}

TEST(Importer, ReadsTheScalesOfBlocks) {
  const auto import = [](wire::TensorType type, std::int32_t scales) {
    ModelBuilder builder;
    builder.AddConstant<std::uint16_t>({.type = type, .shape = {2}}, {0x3C00, 0x4000});
    const int x = builder.AddConstant<std::int8_t>(
        {.type = kInt8, .shape = {1, 4}, .block_size = 2, .block_scales = scales}, {1, 2, 3, 4});
    return Model::FromBytes(builder.Finish({}, {x}), "m");
  };
  const auto model = import(wire::TensorType_FLOAT16, 0);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const Quantization& quantization = *(*model)->program().graphs[0].value(1).quantization;
  EXPECT_TRUE(quantization.empty());
  EXPECT_EQ(quantization.block_size, 2);
  EXPECT_EQ(quantization.block_scales, (std::vector<std::uint16_t>{0x3C00, 0x4000}));
  EXPECT_THAT(import(wire::TensorType_FLOAT16, 7).status().message(), HasSubstr("are tensor 7, which does not exist"));
  EXPECT_THAT(import(wire::TensorType_INT16, 0).status().message(), HasSubstr("expected constant float16"));
}

}  // namespace
}  // namespace tfld::engine
