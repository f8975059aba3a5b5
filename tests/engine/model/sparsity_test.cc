// Sparse constants: what the importer takes and refuses, and that every operator sees them dense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;
using Ints = std::vector<std::int32_t>;

// One level as the format describes it; sparse when there are segments.
struct Level {
  int size = 0;
  Ints segments{};
  Ints indices{};
};

flatbuffers::Offset<void> IndexVector(flatbuffers::FlatBufferBuilder& fbb, const Ints& values,
                                      wire::SparseIndexVector type) {
  if (type == wire::SparseIndexVector_Uint8Vector) {
    const std::vector<std::uint8_t> bytes(values.begin(), values.end());
    return wire::CreateUint8Vector(fbb, fbb.CreateVector(bytes)).Union();
  }
  if (type == wire::SparseIndexVector_Uint16Vector) {
    const std::vector<std::uint16_t> shorts(values.begin(), values.end());
    return wire::CreateUint16Vector(fbb, fbb.CreateVector(shorts)).Union();
  }
  return wire::CreateInt32Vector(fbb, fbb.CreateVector(values)).Union();
}

flatbuffers::Offset<wire::SparsityParameters> MakeSparsity(
    flatbuffers::FlatBufferBuilder& fbb, const Ints& order, const Ints& blocks, const std::vector<Level>& levels,
    wire::SparseIndexVector type = wire::SparseIndexVector_Int32Vector) {
  std::vector<flatbuffers::Offset<wire::DimensionMetadata>> metadata;
  for (const Level& level : levels) {
    if (level.segments.empty()) {
      metadata.push_back(wire::CreateDimensionMetadata(fbb, wire::DimensionType_DENSE, level.size));
      continue;
    }
    const auto segments = IndexVector(fbb, level.segments, type);
    const auto indices = IndexVector(fbb, level.indices, type);
    metadata.push_back(
        wire::CreateDimensionMetadata(fbb, wire::DimensionType_SPARSE_CSR, 0, type, segments, type, indices));
  }
  return wire::CreateSparsityParameters(fbb, fbb.CreateVector(order), fbb.CreateVector(blocks),
                                        fbb.CreateVector(metadata));
}

// Weights [2, 4] in blocks of [1, 2]: row 0 has columns 2 and 3, row 1 has all.
const Ints kOrder = {0, 1, 2}, kBlocks = {1};
const std::vector<Level> kLevels = {{.size = 2}, {.segments = {0, 1, 3}, .indices = {1, 0, 1}}, {.size = 2}};
const std::vector<float> kStored = {1, 2, 3, 4, 5, 6};

std::vector<std::byte> FullyConnected(const Ints& order, const Ints& blocks, const std::vector<Level>& levels,
                                      const std::vector<float>& stored,
                                      wire::SparseIndexVector type = wire::SparseIndexVector_Int32Vector) {
  ModelBuilder builder;
  const auto sparsity = MakeSparsity(builder.fbb(), order, blocks, levels, type);
  const int x = builder.AddTensor({.type = kFloat, .shape = {4, 4}, .name = "x"});
  const int w = builder.AddConstant({.type = kFloat, .shape = {2, 4}, .name = "weights", .sparsity = sparsity}, stored);
  const int y = builder.AddTensor({.type = kFloat, .shape = {4, 2}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_FULLY_CONNECTED,
                       .inputs = {x, w},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_FullyConnectedOptions,
                       .options = wire::CreateFullyConnectedOptions(builder.fbb()).Union()});
  return builder.Finish({x}, {y});
}

// The model's answer to the identity matrix: its weights, transposed.
std::vector<float> RunOnIdentity(const std::vector<std::byte>& bytes, Backend backend) {
  const auto model = Model::FromBytes(bytes, "m");
  EXPECT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = Executable::Create(*model, {.backend = backend});
  EXPECT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  EXPECT_TRUE(session.ok());
  const auto x = (*session)->Input(0).As<float>();
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 5 == 0 ? 1.0F : 0.0F;
  EXPECT_TRUE((*session)->Run().ok());
  const auto y = (*session)->Output(0).As<float>();
  return {y.begin(), y.end()};
}

std::string MessageOf(const std::vector<std::byte>& bytes) {
  const auto model = Model::FromBytes(bytes, "m");
  return model.ok() ? "OK" : std::string(model.status().message());
}

TEST(Sparsity, WeightsOfAnyOperatorBecomeDense) {
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    for (const auto type : {wire::SparseIndexVector_Int32Vector, wire::SparseIndexVector_Uint16Vector,
                            wire::SparseIndexVector_Uint8Vector}) {
      EXPECT_THAT(RunOnIdentity(FullyConnected(kOrder, kBlocks, kLevels, kStored, type), backend),
                  ElementsAre(0, 3, 0, 4, 1, 5, 2, 6));
    }
  }
}

TEST(Sparsity, ColumnsMayBeTraversedFirst) {
  const std::vector<Level> levels = {{.size = 4}, {.segments = {0, 0, 1, 1, 3}, .indices = {1, 0, 1}}};
  EXPECT_THAT(RunOnIdentity(FullyConnected({1, 0}, {}, levels, {7, 8, 9}), Backend::kReference),
              ElementsAre(0, 0, 0, 7, 0, 0, 8, 9));
}

TEST(Sparsity, NothingStoredIsZero) {
  const std::vector<Level> levels = {{.size = 2}, {.segments = {0, 0, 0}, .indices = {}}};
  EXPECT_EQ(RunOnIdentity(FullyConnected({0, 1}, {}, levels, {}), Backend::kReference), std::vector<float>(8, 0));
}

TEST(Sparsity, DensifyFoldsBesideAnotherReader) {
  ModelBuilder builder;
  const auto sparsity = MakeSparsity(builder.fbb(), kOrder, kBlocks, kLevels);
  const int w =
      builder.AddConstant({.type = kFloat, .shape = {2, 4}, .name = "weights", .sparsity = sparsity}, kStored);
  const int x = builder.AddTensor({.type = kFloat, .shape = {2, 4}, .name = "x"});
  const int dense = builder.AddTensor({.type = kFloat, .shape = {2, 4}});
  const int sum = builder.AddTensor({.type = kFloat, .shape = {2, 4}});
  const int y = builder.AddTensor({.type = kFloat, .shape = {2, 4}, .name = "y"});
  const auto add = [&](int a, int b, int out) {
    builder.AddOperator({.op = wire::BuiltinOperator_ADD,
                         .inputs = {a, b},
                         .outputs = {out},
                         .options_type = wire::BuiltinOptions_AddOptions,
                         .options = wire::CreateAddOptions(builder.fbb()).Union()});
  };
  builder.AddOperator({.op = wire::BuiltinOperator_DENSIFY, .inputs = {w}, .outputs = {dense}});
  add(x, dense, sum);
  add(sum, w, y);
  const auto model = Model::FromBytes(builder.Finish({x}, {y}), "m");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = Executable::Create(*model, {.backend = Backend::kReference});
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  std::ranges::fill((*session)->Input(0).As<float>(), 0.5F);
  ASSERT_TRUE((*session)->Run().ok());
  const auto values = (*session)->Output(0).As<float>();
  EXPECT_THAT(std::vector<float>(values.begin(), values.end()),
              ElementsAre(0.5F, 0.5F, 2.5F, 4.5F, 6.5F, 8.5F, 10.5F, 12.5F));
}

TEST(Sparsity, RefusesAnOrderThatIsNone) {
  EXPECT_THAT(MessageOf(FullyConnected({0, 0, 2}, kBlocks, kLevels, kStored)), HasSubstr("traverses dimension 0"));
  EXPECT_THAT(MessageOf(FullyConnected({0, 2, 1}, kBlocks, kLevels, kStored)), HasSubstr("traverses dimension 2"));
  EXPECT_THAT(MessageOf(FullyConnected({0, 1, 9}, kBlocks, kLevels, kStored)), HasSubstr("traverses dimension 9"));
  EXPECT_THAT(MessageOf(FullyConnected({0, 1}, kBlocks, kLevels, kStored)), HasSubstr("2 dimensions and 3 levels"));
}

TEST(Sparsity, RefusesBlocksThatDoNotFit) {
  EXPECT_THAT(MessageOf(FullyConnected(kOrder, {2}, kLevels, kStored)), HasSubstr("a block of dimension 2"));
  EXPECT_THAT(MessageOf(FullyConnected(kOrder, {-1}, kLevels, kStored)), HasSubstr("a block of dimension -1"));
  std::vector<Level> levels = kLevels;
  for (const int size : {0, -2, 3}) {
    levels[2].size = size;
    EXPECT_THAT(MessageOf(FullyConnected(kOrder, kBlocks, levels, kStored)), HasSubstr("do not divide dimension 1"));
  }
}

TEST(Sparsity, RefusesLevelsThatDoNotFit) {
  const auto with = [](const Ints& segments, const Ints& indices) {
    std::vector<Level> levels = kLevels;
    levels[1] = {.segments = segments, .indices = indices};
    return MessageOf(FullyConnected(kOrder, kBlocks, levels, kStored));
  };
  EXPECT_THAT(with({0, 3}, {1, 0, 1}), HasSubstr("level 1 of its sparse encoding: has 2 segment bounds; expected 3"));
  EXPECT_THAT(with({1, 1, 3}, {1, 0, 1}), HasSubstr("has segments from 1 to 3"));
  EXPECT_THAT(with({0, 1, 4}, {1, 0, 1}), HasSubstr("has segments from 0 to 4 for 3 indices"));
  EXPECT_THAT(with({0, 4, 3}, {1, 0, 1}), HasSubstr("do not ascend"));
  EXPECT_THAT(with({0, -1, 3}, {1, 0, 1}), HasSubstr("do not ascend"));
  EXPECT_THAT(with({0, 1, 3}, {2, 0, 1}), HasSubstr("has index 2 after -1; its size is 2"));
  EXPECT_THAT(with({0, 1, 3}, {-1, 0, 1}), HasSubstr("has index -1"));
  EXPECT_THAT(with({0, 1, 3}, {1, 1, 1}), HasSubstr("has index 1 after 1"));
  std::vector<Level> levels = kLevels;
  levels[0].size = 3;
  EXPECT_THAT(MessageOf(FullyConnected(kOrder, kBlocks, levels, kStored)), HasSubstr("has size 3; expected 2"));
}

TEST(Sparsity, RefusesDataOfAnotherLength) {
  const std::string message = MessageOf(FullyConnected(kOrder, kBlocks, kLevels, {1, 2, 3}));
  EXPECT_THAT(message, HasSubstr("(weights)"));
  EXPECT_THAT(message, HasSubstr("has 12 bytes of data; its sparse encoding needs 24"));
}

}  // namespace
}  // namespace tfld::engine
