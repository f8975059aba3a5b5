#include "daemon/rpc/shared_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/rpc/region_registry.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/tensor_codec.h"
#include "daemon/scheduler/session_row.h"
#include "inference/grpc_service.pb.h"
#include "tests/daemon/rpc/shared_object.h"
#include "tests/daemon/scheduler/echo_model.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMaxStrings = 4096;

// A model of INT8 [4] and INT32 [2], and a region "r" of 256 bytes.
class SharedTensorsTest : public testing::Test {
 protected:
  void SetUp() override {
    Load({{ElementType::kInt8, {4}}, {ElementType::kInt32, {2}}});
    PeerIdentity me;
    me.uid = getuid();
    me.gid = getgid();
    ASSERT_TRUE(registry_.Register(me, "r", object_.name(), 0, 256).ok());
    AddInput("in0", "INT8", 4);
    AddInput("in1", "INT32", 2);
  }

  void Load(const std::vector<test::EchoTensor>& tensors) { instance_ = test::EchoInstance(tensors, 1); }

  void AddInput(const char* name, const char* datatype, std::int64_t size) {
    auto& input = *request_.add_inputs();
    input.set_name(name);
    input.set_datatype(datatype);
    input.add_shape(size);
  }

  template <typename Tensor>
  static void Place(Tensor& tensor, std::int64_t offset, std::int64_t bytes, const char* region = "r") {
    auto& parameters = *tensor.mutable_parameters();
    parameters["shared_memory_region"].set_string_param(region);
    parameters["shared_memory_byte_size"].set_int64_param(bytes);
    parameters["shared_memory_offset"].set_int64_param(offset);
  }

  // The whole way of a request.
  Status Infer() {
    response_.Clear();
    tensors_.Clear();
    const engine::EntryPoint& entry = instance_->executable().entry_points()[0];
    TFLD_RETURN_IF_ERROR(ResolveSharedTensors(request_, registry_, getuid(), tensors_));
    TFLD_RETURN_IF_ERROR(CopySharedStrings(request_, kMaxStrings, tensors_));
    TFLD_RETURN_IF_ERROR(CheckRequest(entry, request_, tensors_));
    PrepareResponse(entry, request_, tensors_, response_);
    engine::Session& session = instance_->session(0);
    if (before_copy_) before_copy_();
    TFLD_RETURN_IF_ERROR(CopyInputs(entry, request_, tensors_, SessionRow(session)));
    TFLD_RETURN_IF_ERROR(session.Run());
    return CopyOutputs(entry, SessionRow(session), {}, tensors_, response_);
  }

  void ExpectFails(StatusCode code, const std::string& text) {
    const Status status = Infer();
    EXPECT_EQ(status.code(), code) << status.ToString();
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }

  test::SharedObject object_{256};
  RegionRegistry registry_;
  std::shared_ptr<ModelInstance> instance_;
  inference::ModelInferRequest request_;
  inference::ModelInferResponse response_;
  SharedTensors tensors_;
  std::function<void()> before_copy_;
};

TEST_F(SharedTensorsTest, InputsComeFromMemoryAndMessageTogether) {
  object_.Put(8, "abcd");
  Place(*request_.mutable_inputs(0), 8, 4);
  request_.add_raw_input_contents("12345678");
  const Status status = Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre("abcd", "12345678"));
}

TEST_F(SharedTensorsTest, OutputsGoToMemoryAndLeaveTheirPlaceInTheMessageEmpty) {
  object_.Put(0, "abcd12345678");
  Place(*request_.mutable_inputs(0), 0, 4);
  Place(*request_.mutable_inputs(1), 4, 8);
  request_.add_outputs()->set_name("out1");
  request_.add_outputs()->set_name("out0");
  Place(*request_.mutable_outputs(0), 64, 16);
  const Status status = Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre("", "abcd"));
  EXPECT_EQ(object_.Text(64, 9), std::string("12345678\0", 9));
  const auto& parameters = response_.outputs(0).parameters();
  EXPECT_EQ(parameters.at("shared_memory_region").string_param(), "r");
  EXPECT_EQ(parameters.at("shared_memory_byte_size").int64_param(), 8);
  EXPECT_EQ(parameters.at("shared_memory_offset").int64_param(), 64);
  EXPECT_TRUE(response_.outputs(1).parameters().empty());
}

TEST_F(SharedTensorsTest, WithoutARegionNothingIsAllocated) {
  request_.add_raw_input_contents("abcd");
  request_.add_raw_input_contents("12345678");
  ASSERT_TRUE(Infer().ok());
  EXPECT_TRUE(tensors_.inputs.empty() && tensors_.outputs.empty());
}

TEST_F(SharedTensorsTest, PlacesAreChecked) {
  request_.add_raw_input_contents("12345678");
  Place(*request_.mutable_inputs(0), 0, 3);
  ExpectFails(StatusCode::kInvalidArgument, "input 'in0': 3 bytes came, 4 are expected");
  Place(*request_.mutable_inputs(0), 253, 4);
  ExpectFails(StatusCode::kInvalidArgument, "not within region 'r' of 256 bytes");
  Place(*request_.mutable_inputs(0), -1, 4);
  ExpectFails(StatusCode::kInvalidArgument, "shared_memory_offset");
  Place(*request_.mutable_inputs(0), 0, 4, "nobody");
  ExpectFails(StatusCode::kNotFound, "'nobody'");
  Place(*request_.mutable_inputs(0), 0, 4);
  request_.mutable_inputs(0)->mutable_parameters()->erase("shared_memory_byte_size");
  ExpectFails(StatusCode::kInvalidArgument, "shared_memory_byte_size");
}

TEST_F(SharedTensorsTest, RawContentsAreForTheOtherInputs) {
  Place(*request_.mutable_inputs(0), 0, 4);
  request_.add_raw_input_contents("abcd");
  request_.add_raw_input_contents("12345678");
  ExpectFails(StatusCode::kInvalidArgument, "2 raw_input_contents came for 1 inputs");
  request_.clear_raw_input_contents();
  request_.mutable_inputs(0)->mutable_contents()->add_int_contents(1);
  ExpectFails(StatusCode::kInvalidArgument, "shared memory");
}

TEST_F(SharedTensorsTest, AnOutputThatDoesNotFitIsAnError) {
  request_.add_raw_input_contents("abcd");
  request_.add_raw_input_contents("12345678");
  request_.add_outputs()->set_name("out1");
  Place(*request_.mutable_outputs(0), 0, 7);
  ExpectFails(StatusCode::kInvalidArgument, "output 'out1' has 8 bytes; its place in region 'r' has 7");
}

TEST_F(SharedTensorsTest, AnObjectThatHasShrunkFailsTheRequestAlone) {
  Place(*request_.mutable_inputs(0), 128, 4);
  request_.add_raw_input_contents("12345678");
  before_copy_ = [this] { object_.Resize(64); };
  ExpectFails(StatusCode::kInvalidArgument, "input 'in0': shared memory object");
  before_copy_ = nullptr;
  object_.Resize(256);
  EXPECT_TRUE(Infer().ok());
}

TEST_F(SharedTensorsTest, StringsAreReadOnce) {
  Load({{ElementType::kString, {2}}});
  request_.Clear();
  AddInput("in0", "BYTES", 2);
  const std::string strings("\1\0\0\0a\2\0\0\0bc", 11);
  object_.Put(0, strings);
  Place(*request_.mutable_inputs(0), 0, 11);
  // Lengths that change after the check reach nobody.
  before_copy_ = [this] { object_.Put(0, std::string(11, '\xff')); };
  const Status status = Infer();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(response_.raw_output_contents(), ElementsAre(strings));
  ExpectFails(StatusCode::kInvalidArgument, "does not end within");
}

TEST_F(SharedTensorsTest, StringsAreCopiedUpToALimit) {
  Load({{ElementType::kString, {2}}});
  request_.Clear();
  AddInput("in0", "BYTES", 2);
  test::SharedObject large(kMaxStrings + 1);
  PeerIdentity me;
  me.uid = getuid();
  ASSERT_TRUE(registry_.Register(me, "large", large.name(), 0, kMaxStrings + 1).ok());
  Place(*request_.mutable_inputs(0), 0, kMaxStrings + 1, "large");
  ExpectFails(StatusCode::kResourceExhausted, "at most 4096");
}

}  // namespace
}  // namespace tfld::daemon
