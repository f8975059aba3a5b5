#include "daemon/rpc/message_memory.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using inference::ModelInferRequest;

constexpr int kMany = 10'000;

// Each is a way to make much of little.
TEST(MessageMemory, IsAtLeastWhatTheMessageTakes) {
  const std::function<void(ModelInferRequest&)> ways[] = {
      [](ModelInferRequest& request) { request.add_raw_input_contents(); },
      [](ModelInferRequest& request) { request.mutable_id()->append("id"); },
      [](ModelInferRequest& request) { request.add_inputs(); },
      [](ModelInferRequest& request) { request.add_outputs(); },
      [](ModelInferRequest& request) {
        if (request.inputs_size() == 0) request.add_inputs();
        request.mutable_inputs(0)->add_shape(1);
        request.mutable_inputs(0)->mutable_contents()->add_int_contents(1);
        request.mutable_inputs(0)->mutable_contents()->add_bytes_contents();
      },
  };
  for (const auto& add : ways) {
    ModelInferRequest request;
    for (int i = 0; i < kMany; ++i) add(request);
    EXPECT_GE(MemoryOf(request), request.SpaceUsedLong() / 2) << request.ByteSizeLong();
  }
}

// Not SpaceUsedLong, which reads maps through reflection: their layout in the library is another than in a program with
// the thread sanitizer.
TEST(MessageMemory, IsAtLeastWhatParametersTake) {
  ModelInferRequest request;
  for (int i = 0; i < kMany; ++i) (*request.mutable_parameters())[std::to_string(i)].set_bool_param(true);
  EXPECT_GE(MemoryOf(request), kMany * (sizeof(std::string) + sizeof(inference::InferParameter)));
}

TEST(MessageMemory, OfAUsualRequestIsThatOfItsTensors) {
  ModelInferRequest request;
  request.set_model_name("mobilenet_v2");
  auto& input = *request.add_inputs();
  input.set_name("input");
  input.set_datatype("INT8");
  for (const int size : {1, 224, 224, 3}) input.add_shape(size);
  request.add_raw_input_contents()->resize(150'528);
  EXPECT_GE(MemoryOf(request), 150'528u);
  EXPECT_LT(MemoryOf(request), 160'000u);
}

}  // namespace
}  // namespace tfld::daemon
