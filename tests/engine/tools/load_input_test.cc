#include "engine/tools/load_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "engine/golden/npy.h"
#include "engine/golden/random_input.h"
#include "engine/tools/tensor_values.h"
#include "tests/support/model_builder.h"
#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;
namespace wire = test::wire;

class LoadInputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    test::ModelBuilder builder;
    const int x = builder.AddTensor({.shape = {1, 2}, .name = "x"});
    const int y = builder.AddTensor({.shape = {1, 2}, .name = "y"});
    builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
    const auto model = Model::FromBytes(builder.Finish({x}, {y}), "relu");
    ASSERT_TRUE(model.ok()) << model.status().ToString();
    auto executable = Executable::Create(*model, {.backend = Backend::kReference, .threads = 1, .limits = {}});
    ASSERT_TRUE(executable.ok()) << executable.status().ToString();
    executable_ = *executable;
    session_ = *executable_->NewSession();
  }

  Status Fill(const std::string& option, const InputOptions& options = {}) {
    TFLD_ASSIGN_OR_RETURN(const InputFile file, ParseInputOption(option, executable_->inputs()));
    return FillInputs(*session_, executable_->inputs(), std::vector<InputFile>{file}, options);
  }

  std::vector<float> Input() {
    const auto values = session_->Input(0).As<const float>();
    return {values.begin(), values.end()};
  }

  std::string Write(const std::string& name, const Shape& shape, const std::vector<float>& values) {
    const std::string path = directory_ / name;
    EXPECT_TRUE(WriteNpy(path, ElementType::kFloat32, shape, std::as_bytes(std::span(values))).ok());
    return path;
  }

  test::TempDir directory_;
  std::shared_ptr<const Executable> executable_;
  std::unique_ptr<Session> session_;
};

TEST_F(LoadInputTest, ByNameByIndexOrAlone) {
  const std::string path = Write("a.npy", {1, 2}, {3, 4});
  for (const std::string prefix : {"x=", "0=", ""}) {
    ASSERT_TRUE(Fill(prefix + path).ok());
    EXPECT_EQ(Input(), (std::vector<float>{3, 4}));
  }
  EXPECT_THAT(std::string(Fill("z=" + path).message()), HasSubstr("it has x"));
  EXPECT_FALSE(Fill("1=" + path).ok());
}

TEST_F(LoadInputTest, AnotherShapeResizes) {
  ASSERT_TRUE(Fill(Write("a.npy", {2, 3}, {1, 2, 3, 4, 5, 6})).ok());
  EXPECT_EQ(session_->Input(0).shape, (Shape{2, 3}));
  EXPECT_EQ(Input(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_F(LoadInputTest, RawBytesMustFit) {
  const std::string path = directory_ / "a.bin";
  std::ofstream(path, std::ios::binary) << std::string(8, '\0');
  ASSERT_TRUE(Fill(path).ok());
  EXPECT_EQ(Input(), (std::vector<float>{0, 0}));
  std::ofstream(path, std::ios::binary) << std::string(9, '\0');
  EXPECT_THAT(std::string(Fill(path).message()), HasSubstr("has 9 bytes, the input 8"));
}

TEST_F(LoadInputTest, RandomFromTheSeed) {
  ASSERT_TRUE(FillInputs(*session_, executable_->inputs(), {}, {.entry_point = 0, .seed = 7}).ok());
  const std::vector<float> first = Input();
  ASSERT_TRUE(FillInputs(*session_, executable_->inputs(), {}, {.entry_point = 0, .seed = 8}).ok());
  EXPECT_NE(Input(), first);
  ASSERT_TRUE(FillInputs(*session_, executable_->inputs(), {}, {.entry_point = 0, .seed = 7}).ok());
  EXPECT_EQ(Input(), first);
}

TEST(FillRandomTest, StaysInRange) {
  std::vector<float> floats(1000);
  FillRandom({ElementType::kFloat32, {1000}, std::as_writable_bytes(std::span(floats))}, 1);
  for (const float value : floats) EXPECT_TRUE(value >= -1.0F && value < 1.0F);
  std::vector<std::int32_t> indices(1000);
  FillRandom({ElementType::kInt32, {1000}, std::as_writable_bytes(std::span(indices))}, 1);
  for (const std::int32_t value : indices) EXPECT_TRUE(value >= 0 && value < 8);
}

TEST(RealValuesTest, Dequantizes) {
  std::vector<std::int8_t> integers = {-128, 0, 127};
  const TensorView view{ElementType::kInt8, {3}, std::as_writable_bytes(std::span(integers))};
  EXPECT_EQ(*RealValues(view, {{0.5F}, {-128}, 0}), (std::vector<double>{0, 64, 127.5}));
  EXPECT_EQ(*RealValues(view, {}), (std::vector<double>{-128, 0, 127}));
}

}  // namespace
}  // namespace tfld::engine
