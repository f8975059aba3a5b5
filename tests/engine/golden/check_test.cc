#include "engine/golden/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/golden/run_step.h"
#include "tests/support/model_builder.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;

// y = x + 1 on floats, with a signature "serve" from "in" to "out".
std::vector<std::byte> AddOneModel() {
  namespace wire = test::wire;
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 2}, .name = "x"});
  const int one =
      builder.AddConstant({.type = wire::TensorType_FLOAT32, .shape = {1}, .name = "one"}, std::vector<float>{1.0F});
  const int y = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 2}, .name = "y"});
  const auto options = wire::CreateAddOptions(builder.fbb()).Union();
  builder.AddOperator({.op = wire::BuiltinOperator_ADD,
                       .inputs = {x, one},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_AddOptions,
                       .options = options});
  builder.AddSignature("serve", {{"in", 0}}, {{"out", 2}});
  return builder.Finish({x}, {y});
}

GoldenTensor FloatTensor(const std::string& name, const Shape& shape, const std::vector<float>& values) {
  GoldenTensor tensor;
  tensor.name = name;
  tensor.sig_name = name;
  tensor.shape = shape;
  const auto bytes = std::as_bytes(std::span(values));
  tensor.data.assign(bytes.begin(), bytes.end());
  return tensor;
}

Golden GoldenOf(const std::vector<GoldenStep>& steps) {
  Golden golden;
  golden.operators = {"ADD"};
  golden.steps = steps;
  return golden;
}

class CheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto model = Model::FromBytes(AddOneModel(), "add_one");
    ASSERT_TRUE(model.ok()) << model.status().ToString();
    auto executable = Executable::Create(*model, {.backend = Backend::kReference, .threads = 1, .limits = {}});
    ASSERT_TRUE(executable.ok()) << executable.status().ToString();
    executable_ = *executable;
    auto session = executable_->NewSession();
    ASSERT_TRUE(session.ok());
    session_ = std::move(session).value();
  }

  Result<GoldenReport> Check(const std::vector<GoldenStep>& steps) {
    return CheckGolden(*executable_, *session_, GoldenOf(steps));
  }

  std::shared_ptr<const Executable> executable_;
  std::unique_ptr<Session> session_;
};

TEST_F(CheckTest, RightAnswersAreWithin) {
  const auto report = Check({{"", {FloatTensor("x", {1, 2}, {1, 2})}, {FloatTensor("y", {1, 2}, {2, 3})}},
                             {"", {FloatTensor("x", {1, 2}, {3, 4})}, {FloatTensor("y", {1, 2}, {4, 5})}}});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_TRUE(report->within());
  EXPECT_EQ(report->outputs.size(), 2U);
  EXPECT_EQ(report->outputs[1].max_abs_diff, 0.0);
}

TEST_F(CheckTest, WrongAnswersAreOut) {
  const auto report = Check({{"", {FloatTensor("x", {1, 2}, {1, 2})}, {FloatTensor("y", {1, 2}, {2, 3.5F})}}});
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->within());
  EXPECT_EQ(report->worst()->differing, 1);
  EXPECT_DOUBLE_EQ(report->worst()->max_abs_diff, 0.5);
  EXPECT_THAT(report->Summary(), HasSubstr("y float32: greatest difference 0.5"));
}

TEST_F(CheckTest, SignaturesBindByName) {
  const auto report = Check({{"serve", {FloatTensor("in", {1, 2}, {1, 2})}, {FloatTensor("out", {1, 2}, {2, 3})}}});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_TRUE(report->within());
}

TEST_F(CheckTest, AnotherShapeResizes) {
  const auto report =
      Check({{"", {FloatTensor("x", {2, 3}, {1, 2, 3, 4, 5, 6})}, {FloatTensor("y", {2, 3}, {2, 3, 4, 5, 6, 7})}}});
  ASSERT_TRUE(report.ok()) << report.status().ToString();
  EXPECT_TRUE(report->within());
}

TEST_F(CheckTest, AnotherOutputShapeIsOut) {
  const auto report = Check({{"", {FloatTensor("x", {1, 2}, {1, 2})}, {FloatTensor("y", {2}, {2, 3})}}});
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->within());
  EXPECT_THAT(report->Summary(), HasSubstr("shape is [1, 2], expected [2]"));
}

TEST_F(CheckTest, AGoldenOfAnotherModelIsAnError) {
  const GoldenTensor x = FloatTensor("x", {1, 2}, {1, 2});
  const GoldenTensor y = FloatTensor("y", {1, 2}, {2, 3});
  EXPECT_EQ(Check({{"other", {x}, {y}}}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({{"", {x, x}, {y}}}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({{"", {x}, {y, y}}}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Check({{"serve", {x}, {y}}}).status().code(), StatusCode::kInvalidArgument);
  GoldenTensor integers = x;
  integers.type = ElementType::kInt32;
  EXPECT_EQ(Check({{"", {integers}, {y}}}).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tfld::engine
