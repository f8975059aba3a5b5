#include "daemon/rpc/tensor_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "daemon/rpc/request_check.h"
#include "daemon/rpc/shared_tensors.h"
#include "daemon/scheduler/session_row.h"
#include "inference/grpc_service.pb.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/support/model_builder.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using testing::HasSubstr;

class TensorCodecTest : public testing::Test {
 protected:
  void Load(const std::vector<test::EchoTensor>& tensors) { instance_ = test::EchoInstance(tensors, 1); }
  const engine::EntryPoint& entry() const { return instance_->executable().entry_points()[0]; }

  inference::ModelInferRequest::InferInputTensor& AddInput(const char* name, const char* datatype,
                                                           std::initializer_list<std::int64_t> shape) {
    auto& input = *request_.add_inputs();
    input.set_name(name);
    input.set_datatype(datatype);
    for (const std::int64_t size : shape) input.add_shape(size);
    return input;
  }

  // The whole way of a request.
  Status Infer() {
    response_.Clear();
    TFLD_RETURN_IF_ERROR(CheckRequest(entry(), request_, {}));
    PrepareResponse(entry(), request_, {}, response_);
    engine::Session& session = instance_->session(0);
    TFLD_RETURN_IF_ERROR(CopyInputs(entry(), request_, {}, SessionRow(session)));
    TFLD_RETURN_IF_ERROR(session.Run());
    return CopyOutputs(entry(), SessionRow(session), labels_, {}, response_);
  }

  void ExpectRefused(StatusCode code, const std::string& text) {
    const Status status = CheckRequest(entry(), request_, {});
    EXPECT_EQ(status.code(), code) << status.ToString();
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }

  std::shared_ptr<ModelInstance> instance_;
  std::vector<std::string> labels_;
  inference::ModelInferRequest request_;
  inference::ModelInferResponse response_;
};

TEST_F(TensorCodecTest, RawBytesOfEveryDatatypeComeBack) {
  const std::pair<ElementType, const char*> types[] = {
      {ElementType::kBool, "BOOL"},     {ElementType::kInt8, "INT8"},     {ElementType::kInt16, "INT16"},
      {ElementType::kInt32, "INT32"},   {ElementType::kInt64, "INT64"},   {ElementType::kUInt8, "UINT8"},
      {ElementType::kUInt16, "UINT16"}, {ElementType::kUInt32, "UINT32"}, {ElementType::kUInt64, "UINT64"},
      {ElementType::kFloat16, "FP16"},  {ElementType::kFloat32, "FP32"},  {ElementType::kFloat64, "FP64"},
      {ElementType::kBFloat16, "BF16"},
  };
  for (const auto& [type, name] : types) {
    SCOPED_TRACE(name);
    Load({{type, {1, 2, 2}}});
    request_.Clear();
    AddInput("in0", name, {1, 2, 2});
    std::string raw(engine::ByteSize(type, 4), '\0');
    for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<char>(type == ElementType::kBool ? i % 2 : i + 1);
    request_.add_raw_input_contents(raw);
    const Status status = Infer();
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(response_.raw_output_contents(0), raw);
    EXPECT_EQ(response_.outputs(0).name(), "out0");
    EXPECT_EQ(response_.outputs(0).datatype(), name);
    ASSERT_EQ(response_.outputs(0).shape_size(), 1);
    EXPECT_EQ(response_.outputs(0).shape(0), 4);
  }
}

template <typename T>
std::vector<T> Elements(const std::string& raw) {
  std::vector<T> elements(raw.size() / sizeof(T));
  std::memcpy(elements.data(), raw.data(), raw.size());
  return elements;
}

TEST_F(TensorCodecTest, TypedContentsOfEveryDatatype) {
  Load({{ElementType::kInt8, {2}},
        {ElementType::kInt16, {2}},
        {ElementType::kInt32, {2}},
        {ElementType::kInt64, {2}},
        {ElementType::kUInt8, {2}},
        {ElementType::kUInt16, {2}},
        {ElementType::kUInt32, {2}},
        {ElementType::kUInt64, {2}},
        {ElementType::kFloat32, {2}},
        {ElementType::kFloat64, {2}},
        {ElementType::kBool, {2}}});
  const char* names[] = {"INT8",   "INT16",  "INT32", "INT64", "UINT8", "UINT16",
                         "UINT32", "UINT64", "FP32",  "FP64",  "BOOL"};
  for (int i = 0; i < 11; ++i) {
    auto& contents = *AddInput(("in" + std::to_string(i)).c_str(), names[i], {2}).mutable_contents();
    for (const int element : {0, 100}) {
      if (i < 3) contents.add_int_contents(element);
      if (i == 3) contents.add_int64_contents(element);
      if (i >= 4 && i < 7) contents.add_uint_contents(static_cast<std::uint32_t>(element));
      if (i == 7) contents.add_uint64_contents(static_cast<std::uint64_t>(element));
      if (i == 8) contents.add_fp32_contents(static_cast<float>(element));
      if (i == 9) contents.add_fp64_contents(element);
      if (i == 10) contents.add_bool_contents(element != 0);
    }
  }
  const Status status = Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(Elements<std::int8_t>(response_.raw_output_contents(0)), (std::vector<std::int8_t>{0, 100}));
  EXPECT_EQ(Elements<std::int16_t>(response_.raw_output_contents(1)), (std::vector<std::int16_t>{0, 100}));
  EXPECT_EQ(Elements<std::int64_t>(response_.raw_output_contents(3)), (std::vector<std::int64_t>{0, 100}));
  EXPECT_EQ(Elements<std::uint32_t>(response_.raw_output_contents(6)), (std::vector<std::uint32_t>{0, 100}));
  EXPECT_EQ(Elements<std::uint64_t>(response_.raw_output_contents(7)), (std::vector<std::uint64_t>{0, 100}));
  EXPECT_EQ(Elements<float>(response_.raw_output_contents(8)), (std::vector<float>{0, 100}));
  EXPECT_EQ(Elements<double>(response_.raw_output_contents(9)), (std::vector<double>{0, 100}));
  EXPECT_EQ(Elements<char>(response_.raw_output_contents(10)), (std::vector<char>{0, 1}));
}

TEST_F(TensorCodecTest, AnElementThatItsDatatypeCannotHold) {
  Load({{ElementType::kInt8, {2}}});
  auto& contents = *AddInput("in0", "INT8", {2}).mutable_contents();
  contents.add_int_contents(-128);
  contents.add_int_contents(128);
  const Status status = Infer();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "input 'in0': element 1 is 128, which INT8 cannot hold");
}

TEST_F(TensorCodecTest, BoolBytesBecomeZeroOrOne) {
  Load({{ElementType::kBool, {3}}});
  AddInput("in0", "BOOL", {3});
  request_.add_raw_input_contents(std::string("\x00\x02\xff", 3));
  ASSERT_TRUE(Infer().ok());
  EXPECT_EQ(response_.raw_output_contents(0), std::string("\x00\x01\x01", 3));
}

TEST_F(TensorCodecTest, InputsInAnyOrderAndOutputsAsWanted) {
  Load({{ElementType::kInt32, {1}}, {ElementType::kInt32, {1}}, {ElementType::kInt32, {1}}});
  for (const int i : {2, 0, 1}) {
    AddInput(("in" + std::to_string(i)).c_str(), "INT32", {1}).mutable_contents()->add_int_contents(i);
  }
  request_.add_outputs()->set_name("out2");
  request_.add_outputs()->set_name("out1");
  ASSERT_TRUE(Infer().ok());
  ASSERT_EQ(response_.outputs_size(), 2);
  EXPECT_EQ(response_.outputs(0).name(), "out2");
  EXPECT_EQ(Elements<std::int32_t>(response_.raw_output_contents(0)), std::vector<std::int32_t>{2});
  EXPECT_EQ(Elements<std::int32_t>(response_.raw_output_contents(1)), std::vector<std::int32_t>{1});
}

TEST_F(TensorCodecTest, Classification) {
  Load({{ElementType::kFloat32, {1, 4}}});
  labels_ = {"ball", "healthy", "inner"};
  auto& contents = *AddInput("in0", "FP32", {1, 4}).mutable_contents();
  for (const float score : {0.5F, 0.25F, 0.5F, std::numeric_limits<float>::quiet_NaN()})
    contents.add_fp32_contents(score);
  auto& output = *request_.add_outputs();
  output.set_name("out0");
  (*output.mutable_parameters())["classification"].set_int64_param(3);
  ASSERT_TRUE(Infer().ok());
  EXPECT_EQ(response_.outputs(0).datatype(), "BYTES");
  EXPECT_EQ(response_.outputs(0).shape(0), 3);
  const std::string expected = std::string("\x0a\0\0\0", 4) + "0.5:0:ball" + std::string("\x0b\0\0\0", 4) +
                               "0.5:2:inner" + std::string("\x0e\0\0\0", 4) + "0.25:1:healthy";
  EXPECT_EQ(response_.raw_output_contents(0), expected);
}

class CheckRequestTest : public TensorCodecTest {
 protected:
  CheckRequestTest() {
    Load({{ElementType::kFloat32, {1, 4}}, {ElementType::kFloat16, {2}}});
    AddInput("in0", "FP32", {1, 4});
    AddInput("in1", "FP16", {2});
    request_.add_raw_input_contents(std::string(16, '\0'));
    request_.add_raw_input_contents(std::string(4, '\0'));
  }
};

TEST_F(CheckRequestTest, RightAsItIs) { EXPECT_TRUE(CheckRequest(entry(), request_, {}).ok()); }

TEST_F(CheckRequestTest, UnknownInput) {
  request_.mutable_inputs(0)->set_name("image");
  ExpectRefused(StatusCode::kInvalidArgument, "no input 'image'; the inputs are 'in0', 'in1'");
}

TEST_F(CheckRequestTest, MissingInput) {
  request_.mutable_inputs()->RemoveLast();
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in1' is missing");
}

TEST_F(CheckRequestTest, InputTwice) {
  request_.mutable_inputs(1)->set_name("in0");
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0' came twice");
}

TEST_F(CheckRequestTest, TooManyInputs) {
  AddInput("in2", "FP32", {1});
  ExpectRefused(StatusCode::kInvalidArgument, "3 inputs came, 2 are expected");
}

TEST_F(CheckRequestTest, WrongDatatype) {
  request_.mutable_inputs(0)->set_datatype("INT8");
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0': datatype 'INT8' came, FP32 is expected");
}

TEST_F(CheckRequestTest, WrongShape) {
  request_.mutable_inputs(0)->set_shape(0, 2);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0': shape [2, 4] came, [1, 4] is expected");
}

TEST_F(CheckRequestTest, ABatchDimensionMoreOrLessIsAnotherShape) {
  request_.mutable_inputs(0)->clear_shape();
  request_.mutable_inputs(0)->add_shape(4);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0': shape [4] came, [1, 4] is expected");
}

TEST_F(CheckRequestTest, WrongSize) {
  request_.mutable_raw_input_contents(0)->resize(15);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0': 15 bytes came, 16 are expected for FP32 [1, 4]");
}

TEST_F(CheckRequestTest, WrongNumberOfElements) {
  request_.clear_raw_input_contents();
  request_.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0': 1 elements came in fp32_contents, 4 are expected");
}

TEST_F(CheckRequestTest, HalfFloatsTravelRaw) {
  request_.clear_raw_input_contents();
  for (int i = 0; i < 4; ++i) request_.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in1': FP16 travels in raw_input_contents only");
}

TEST_F(CheckRequestTest, RawContentsForSomeInputs) {
  request_.mutable_raw_input_contents()->RemoveLast();
  ExpectRefused(StatusCode::kInvalidArgument, "1 raw_input_contents came for 2 inputs");
}

TEST_F(CheckRequestTest, RawAndTypedContents) {
  request_.mutable_inputs(0)->mutable_contents()->add_fp32_contents(1);
  ExpectRefused(StatusCode::kInvalidArgument, "input 'in0' has contents, and bytes in raw_input_contents");
}

TEST_F(CheckRequestTest, AClassificationIsANumberOfClasses) {
  auto& output = *request_.add_outputs();
  output.set_name("out0");
  (*output.mutable_parameters())["classification"].set_string_param("3");
  ExpectRefused(StatusCode::kInvalidArgument, "output 'out0': parameter 'classification'");
}

TEST_F(CheckRequestTest, UnknownOutput) {
  request_.add_outputs()->set_name("scores");
  ExpectRefused(StatusCode::kInvalidArgument, "no output 'scores'; the outputs are 'out0', 'out1'");
}

TEST_F(CheckRequestTest, OutputTwice) {
  request_.add_outputs()->set_name("out0");
  request_.add_outputs()->set_name("out0");
  ExpectRefused(StatusCode::kInvalidArgument, "output 'out0' is wanted twice");
}

std::string Raw(const std::vector<std::string>& strings) {
  std::string raw;
  for (const std::string& text : strings) {
    const auto length = static_cast<std::uint32_t>(text.size());
    raw.append(reinterpret_cast<const char*>(&length), sizeof(length)).append(text);
  }
  return raw;
}

TEST_F(TensorCodecTest, StringsComeBack) {
  Load({{ElementType::kString, {2, 2}}});
  const std::vector<std::string> strings = {"one", "", std::string("a\0b", 3), "four"};
  AddInput("in0", "BYTES", {2, 2});
  request_.add_raw_input_contents(Raw(strings));
  const Status status = Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(response_.raw_output_contents(0), Raw(strings));
  EXPECT_EQ(response_.outputs(0).datatype(), "BYTES");
  EXPECT_EQ(response_.outputs(0).shape(0), 4);

  request_.clear_raw_input_contents();
  for (const std::string& text : strings) request_.mutable_inputs(0)->mutable_contents()->add_bytes_contents(text);
  ASSERT_TRUE(Infer().ok());
  EXPECT_EQ(response_.raw_output_contents(0), Raw(strings));
}

TEST_F(TensorCodecTest, StringsThatAreCutOrTooFewAreRefused) {
  Load({{ElementType::kString, {2}}});
  AddInput("in0", "BYTES", {2});
  request_.add_raw_input_contents(Raw({"one"}));
  ExpectRefused(StatusCode::kInvalidArgument, "1 strings came, 2 are expected");
  *request_.mutable_raw_input_contents(0) = Raw({"one", "two"}).substr(0, 12);
  ExpectRefused(StatusCode::kInvalidArgument, "string 1 does not end");
}

// out0 has the shape of in0, whose rows the model leaves open.
TEST_F(TensorCodecTest, OpenSizesFollowTheRequest) {
  test::ModelBuilder builder;
  const test::TensorSpec spec{
      .type = test::wire::TensorType_FLOAT32, .shape = {1, 2}, .name = "in0", .shape_signature = {-1, 2}};
  const int input = builder.AddTensor(spec);
  const int output = builder.AddTensor({.type = spec.type, .shape = {1, 2}, .name = "out0"});
  builder.AddOperator({.op = test::wire::BuiltinOperator_NEG, .inputs = {input}, .outputs = {output}});
  const auto model = engine::Model::FromBytes(builder.Finish({input}, {output}), "m");
  ASSERT_TRUE(model.ok());
  auto executable = engine::Executable::Create(*model, {.backend = engine::Backend::kReference});
  ASSERT_TRUE(executable.ok());
  auto instance = ModelInstance::Create(std::move(executable).value(), {nullptr});
  ASSERT_TRUE(instance.ok());
  instance_ = std::move(instance).value();
  for (const int rows : {1, 3, 2}) {
    request_.Clear();
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    AddInput("in0", "FP32", {rows, 2});
    request_.add_raw_input_contents(
        std::string(reinterpret_cast<const char*>(values.data()), static_cast<std::size_t>(rows) * 2 * sizeof(float)));
    const Status status = Infer();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ASSERT_EQ(response_.outputs(0).shape_size(), 2);
    EXPECT_EQ(response_.outputs(0).shape(0), rows);
    EXPECT_EQ(response_.raw_output_contents(0).size(), request_.raw_input_contents(0).size());
    auto& wanted = *request_.add_outputs();
    wanted.set_name("out0");
    (*wanted.mutable_parameters())["classification"].set_uint64_param(4);
    ASSERT_TRUE(Infer().ok());
    EXPECT_EQ(response_.outputs(0).shape(0), std::min(4, rows * 2));
  }
  request_.mutable_inputs(0)->set_shape(1, 3);
  ExpectRefused(StatusCode::kInvalidArgument, "[-1, 2] is expected");
}

}  // namespace
}  // namespace tfld::daemon
