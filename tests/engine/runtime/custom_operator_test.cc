// RegisterKernel: custom operators of whoever embeds the engine.
#include "tfld/custom_operator.h"

#include <gmock/gmock.h>

#include "tests/engine/runtime/run_model.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

constexpr auto kFloat = wire::TensorType_FLOAT32;

// name: y = the concatenation of x and x; options: how often, one byte.
CustomOperator Repeat(const std::string& name) {
  CustomOperator repeat;
  repeat.name = name;
  repeat.infer = [](const CustomNode& node) -> Result<std::vector<Shape>> {
    if (node.options.size() != 1) return InvalidArgument("the options are not one byte");
    return std::vector<Shape>{{node.inputs[0].shape.dim(0) * static_cast<std::int32_t>(node.options[0])}};
  };
  repeat.prepare = [](const CustomNode& node) -> Result<CustomKernel> {
    if (node.inputs[0].type != ElementType::kFloat32) return Unimplemented("x must be float32");
    const std::int64_t count = node.inputs[0].shape.NumElements();
    const std::int64_t total = node.outputs[0].shape.NumElements();
    return CustomKernel([count, total](const CustomBuffers& buffers) -> Status {
      for (std::int64_t i = 0; i < total; ++i) buffers.Output<float>(0)[i] = buffers.Input<float>(0)[i % count];
      return {};
    });
  };
  return repeat;
}

std::vector<std::byte> ModelWith(const std::string& name, const std::vector<std::uint8_t>& options,
                                 wire::TensorType type = kFloat, int version = 1) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.type = type, .shape = {2}});
  const int y = builder.AddTensor({.type = type, .shape = {1}});  // what the file says does not count
  builder.AddOperator(
      {.inputs = {x}, .outputs = {y}, .version = version, .custom_code = name, .custom_options = options});
  return builder.Finish({x}, {y});
}

TEST(RegisterKernel, RunsInAModelAndFollowsItsShapes) {
  ASSERT_TRUE(RegisterKernel(Repeat("TestRepeat")).ok());
  const auto session = LoadSession(ModelWith("TestRepeat", {3}));
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->Output(0).shape, Shape({6}));
  ASSERT_TRUE(Set<float>(*session, 0, {1, 2}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Get<float>(*session, 0), ElementsAre(1, 2, 1, 2, 1, 2));
  const Shape three[] = {{3}};
  ASSERT_TRUE(session->ResizeInputs(three).ok());
  ASSERT_TRUE(Set<float>(*session, 0, {7, 8, 9}).ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(session->Output(0).shape, Shape({9}));
}

TEST(RegisterKernel, ErrorsNameTheNode) {
  ASSERT_TRUE(RegisterKernel(Repeat("TestRepeatErrors")).ok());
  const auto wrong_options = TryLoad(ModelWith("TestRepeatErrors", {}));
  EXPECT_EQ(wrong_options.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(wrong_options.status().message(), HasSubstr("node 0 (TestRepeatErrors)"));
  const auto wrong_type = TryLoad(ModelWith("TestRepeatErrors", {1}, wire::TensorType_INT8));
  EXPECT_EQ(wrong_type.status().code(), StatusCode::kUnimplemented);
  EXPECT_THAT(wrong_type.status().message(), HasSubstr("x must be float32"));
  const auto wrong_version = TryLoad(ModelWith("TestRepeatErrors", {1}, kFloat, 2));
  EXPECT_EQ(wrong_version.status().code(), StatusCode::kUnimplemented);
}

TEST(RegisterKernel, RefusesWhatCannotWork) {
  EXPECT_EQ(RegisterKernel({}).code(), StatusCode::kInvalidArgument);
  CustomOperator half = Repeat("TestHalf");
  half.prepare = nullptr;
  EXPECT_EQ(RegisterKernel(half).code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(RegisterKernel(Repeat("TestTwice")).ok());
  EXPECT_EQ(RegisterKernel(Repeat("TestTwice")).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(RegisterKernel(Repeat("TFLite_Detection_PostProcess")).code(), StatusCode::kAlreadyExists);
  EXPECT_FALSE(TryLoad(ModelWith("TestNobodysOperator", {1})).ok());
}

}  // namespace
}  // namespace tfld::engine
