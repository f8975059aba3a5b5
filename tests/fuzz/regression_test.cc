// What fuzzing has found, in its smallest form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "engine/runtime/executable_impl.h"
#include "tests/fuzz/mutate_model.h"
#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::test {
namespace {

using ::testing::HasSubstr;

struct Loaded {
  std::shared_ptr<const engine::Executable> executable;
  std::unique_ptr<engine::Session> session;
};

Result<Loaded> Load(std::span<const std::byte> bytes) {
  TFLD_ASSIGN_OR_RETURN(const auto model, engine::Model::FromBytes(bytes, "regression"));
  Loaded loaded;
  TFLD_ASSIGN_OR_RETURN(loaded.executable, engine::Executable::Create(model, {.backend = engine::Backend::kReference}));
  TFLD_ASSIGN_OR_RETURN(loaded.session, loaded.executable->NewSession());
  return loaded;
}

// Code that reads a byte as a boolean relies on there being only two kinds.
TEST(Regression, BooleansAreZeroOrOne) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_BOOL, .shape = {3}});
  const int constant =
      builder.AddConstant({.type = wire::TensorType_BOOL, .shape = {3}}, std::vector<std::uint8_t>{0, 106, 255});
  const int y = builder.AddTensor({.type = wire::TensorType_BOOL, .shape = {3}});
  builder.AddOperator({.op = wire::BuiltinOperator_LOGICAL_OR, .inputs = {x, constant}, .outputs = {y}});
  auto loaded = Load(builder.Finish({x}, {y}));
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  ASSERT_TRUE(loaded->session->Run().ok());
  const auto output = loaded->session->Output(0).As<std::uint8_t>();
  EXPECT_EQ(std::vector<std::uint8_t>(output.begin(), output.end()), (std::vector<std::uint8_t>{0, 1, 1}));
  loaded->session->Input(0).bytes[1] = std::byte{7};
  EXPECT_EQ(loaded->session->Run().code(), StatusCode::kInvalidArgument);
}

TEST(Regression, NarrowProductsWrap) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_INT16, .shape = {2}});
  const int y = builder.AddTensor({.type = wire::TensorType_INT16, .shape = {2}});
  builder.AddOperator({.op = wire::BuiltinOperator_MUL,
                       .inputs = {x, x},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_MulOptions,
                       .options = wire::CreateMulOptions(builder.fbb()).Union()});
  auto loaded = Load(builder.Finish({x}, {y}));
  if (!loaded.ok()) GTEST_SKIP() << loaded.status().ToString();
  loaded->session->Input(0).As<std::int16_t>()[0] = -19781;
  loaded->session->Input(0).As<std::int16_t>()[1] = 300;
  ASSERT_TRUE(loaded->session->Run().ok());
  EXPECT_EQ(loaded->session->Output(0).As<std::int16_t>()[0], static_cast<std::int16_t>((19781LL * 19781LL) & 0xFFFF));
  EXPECT_EQ(loaded->session->Output(0).As<std::int16_t>()[1], static_cast<std::int16_t>(90000 & 0xFFFF));
}

// An input whose open size does not work out, and which is a variable as well: it had memory of two sizes.
TEST(Regression, VariablesHaveOneSize) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_INT16,
                                   .shape = {2, 23, 2},
                                   .name = "x",
                                   .shape_signature = {-1, 23, 2},
                                   .is_variable = true});
  const int shape = builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {4}}, {3, 1, 23, 2});
  const int y = builder.AddTensor({.type = wire::TensorType_INT16, .shape = {3, 1, 23, 2}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {x, shape}, .outputs = {y}});
  EXPECT_FALSE(Load(builder.Finish({x}, {y})).ok());
}

// The verifier of FlatBuffers lets vectors of wide elements lie at any multiple of four bytes.
TEST(Regression, WideVectorsLieAnywhere) {
  ModelBuilder builder;
  const TensorSpec tensor{.type = wire::TensorType_INT8, .shape = {2}, .scales = {0.5F}, .zero_points = {3}};
  const int x = builder.AddTensor(tensor);
  const int y = builder.AddTensor(tensor);
  builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
  std::vector<std::byte> bytes = builder.Finish({x}, {y});
  bytes.resize((bytes.size() + 7) / 8 * 8);
  const wire::Tensor* first = wire::GetModel(bytes.data())->subgraphs()->Get(0)->tensors()->Get(0);
  const auto* quantization = reinterpret_cast<const flatbuffers::Table*>(first->quantization());
  const auto* field = quantization->GetAddressOf(wire::QuantizationParameters::VT_ZERO_POINT);
  const auto at = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(field) - bytes.data());
  const auto distance = static_cast<std::uint32_t>(bytes.size() - at);
  std::memcpy(bytes.data() + at, &distance, sizeof(distance));
  // One element, behind four bytes that say so.
  for (const int byte : {1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0}) bytes.push_back(static_cast<std::byte>(byte));
  const auto loaded = Load(bytes);
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  EXPECT_EQ(loaded->executable->inputs()[0].quantization.zero_points[0], 7);
  // And its object interface, which the mutator goes through, does not.
  EXPECT_TRUE(MutateModel(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), 1).empty());
}

// Nor does it look at deprecated fields: this one lies beyond the end of the file.
TEST(Regression, DeprecatedFieldsLieAnywhere) {
  flatbuffers::FlatBufferBuilder fbb;
  const std::vector signatures = {wire::CreateSignatureDef(fbb, 0, 0, 0, /*subgraph_index=*/1)};
  wire::FinishModelBuffer(fbb, wire::CreateModel(fbb, 3, 0, 0, 0, 0, 0, 0, fbb.CreateVector(signatures)));
  std::vector<std::uint8_t> bytes(fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize());
  const auto* signature = wire::GetModel(bytes.data())->signature_defs()->Get(0);
  const auto* fields = reinterpret_cast<const flatbuffers::Table*>(signature)->GetVTable();
  const std::uint16_t far = 0x7FFF;
  const auto deprecated_tag = fields - bytes.data() + 10;
  std::memcpy(bytes.data() + deprecated_tag, &far, sizeof(far));
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  ASSERT_TRUE(wire::VerifyModelBuffer(verifier));
  EXPECT_FALSE(MutateModel(bytes.data(), bytes.size(), 1).empty());
}

TEST(Regression, SoftmaxOfNoNumber) {
  ModelBuilder builder;
  const TensorSpec tensor{.type = wire::TensorType_INT8, .shape = {1, 4}, .scales = {0.1F}, .zero_points = {0}};
  const int x = builder.AddTensor(tensor);
  const int y = builder.AddTensor(
      {.type = wire::TensorType_INT8, .shape = {1, 4}, .scales = {1.0F / 256.0F}, .zero_points = {-128}});
  builder.AddOperator(
      {.op = wire::BuiltinOperator_SOFTMAX,
       .inputs = {x},
       .outputs = {y},
       .options_type = wire::BuiltinOptions_SoftmaxOptions,
       .options = wire::CreateSoftmaxOptions(builder.fbb(), std::numeric_limits<float>::quiet_NaN()).Union()});
  EXPECT_EQ(Load(builder.Finish({x}, {y})).status().code(), StatusCode::kInvalidArgument);
}

// Without bytes and with rows: the kernel counted them for hours.
TEST(Regression, EmptyTensorsAreNotLong) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {5, 0}});
  const int rows = builder.AddTensor({.type = wire::TensorType_INT64, .shape = {0x7FFFFFFF, 0}, .name = "rows"});
  const int y = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {1}});
  builder.AddOperator({.op = wire::BuiltinOperator_GATHER_ND, .inputs = {x, rows}, .outputs = {y}});
  const Status status = Load(builder.Finish({x, rows}, {y})).status();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("rows"));
}

// From one element to a next one that there is not: a distance that no number holds.
TEST(Regression, StridesOfOneElementMayBeOfAnyLength) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {1, 5, 4, 0x7FFFFFFF}, .name = "x"});
  const auto add = [&](const std::vector<std::int32_t>& elements) {
    return builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {1}}, elements);
  };
  const int begin = add({0});
  const int end = add({-5});
  const int stride = add({std::numeric_limits<std::int32_t>::min()});
  const int y = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {1, 5, 4, 0x7FFFFFFF}});
  builder.AddOperator({.op = wire::BuiltinOperator_STRIDED_SLICE,
                       .inputs = {x, begin, end, stride},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_StridedSliceOptions,
                       .options = wire::CreateStridedSliceOptions(builder.fbb()).Union()});
  EXPECT_EQ(Load(builder.Finish({x}, {y})).status().code(), StatusCode::kResourceExhausted);
}

// No images, of a size that needs gigabytes to transform: folding them ended the process where there was no such
// memory.
TEST(Regression, FoldingIsHeldToTheLimitOfTheArena) {
  ModelBuilder builder;
  const int x = builder.AddConstant<float>({.shape = {0, 4, 4}}, {});
  const int size = builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {2}}, {32768, 16384});
  const int y = builder.AddTensor({.type = wire::TensorType_COMPLEX64, .shape = {0, 32768, 8193}});
  builder.AddOperator({.op = wire::BuiltinOperator_RFFT2D, .inputs = {x, size}, .outputs = {y}});
  const Status status = Load(builder.Finish({}, {y})).status();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("at load"));
}

// How many nodes run of: two matrices of size by size, both filled with a constant, and their product.
std::size_t StepsOfProduct(std::int32_t size) {
  ModelBuilder builder;
  const int dims = builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {2}}, {size, size});
  const int value = builder.AddConstant<float>({.shape = {}}, {0.5F});
  const int matrix = builder.AddTensor({.shape = {size, size}});
  const int product = builder.AddTensor({.shape = {size, size}});
  builder.AddOperator({.op = wire::BuiltinOperator_FILL, .inputs = {dims, value}, .outputs = {matrix}});
  builder.AddOperator({.op = wire::BuiltinOperator_BATCH_MATMUL,
                       .inputs = {matrix, matrix},
                       .outputs = {product},
                       .options_type = wire::BuiltinOptions_BatchMatMulOptions,
                       .options = wire::CreateBatchMatMulOptions(builder.fbb()).Union()});
  const auto loaded = Load(builder.Finish({}, {product}));
  EXPECT_TRUE(loaded.ok()) << loaded.status().ToString();
  return loaded.ok() ? loaded->executable->impl().plan->graphs[0].steps.size() : 100;
}

// A load ends soon, also when a file of some bytes asks for much arithmetic on constants.
TEST(Regression, LargeProductsOfConstantsAreLeftToTheRun) {
  EXPECT_EQ(StepsOfProduct(8), 0U);
  EXPECT_EQ(StepsOfProduct(1024), 1U);
}

// An output's scale so small that its inverse is infinite: zero times that is no number, and none of a byte.
TEST(Regression, ScalesMayHaveAnInfiniteInverse) {
  ModelBuilder builder;
  const auto tensor = [&](std::vector<std::int32_t> shape, float scale) {
    return builder.AddTensor(
        {.type = wire::TensorType_UINT8, .shape = std::move(shape), .scales = {scale}, .zero_points = {3}});
  };
  const int x = tensor({2}, 1e-3F);
  const int y = tensor({4}, 1e-40F);
  builder.AddOperator({.op = wire::BuiltinOperator_CONCATENATION,
                       .inputs = {x, x},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_ConcatenationOptions,
                       .options = wire::CreateConcatenationOptions(builder.fbb()).Union()});
  auto loaded = Load(builder.Finish({x}, {y}));
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  loaded->session->Input(0).As<std::uint8_t>()[0] = 200;
  ASSERT_TRUE(loaded->session->Run().ok());
}

}  // namespace
}  // namespace tfld::test
