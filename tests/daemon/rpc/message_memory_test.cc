#include "daemon/rpc/message_memory.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using inference::ModelInferRequest;

constexpr int kMany = 10'000;

// Each is a way to make much of little, and what one more of it takes at least. SpaceUsedLong is of no use here: it
// reads maps through reflection, and their layout in the library is another than in a program with the thread
// sanitizer.
TEST(MessageMemory, IsNotFarBelowWhatTheMessageTakes) {
  struct Way {
    const char* name;
    std::function<void(ModelInferRequest&, int)> add;
    std::size_t bytes;
  };
  const Way ways[] = {
      {"raw contents", [](ModelInferRequest& request, int) { request.add_raw_input_contents(); }, sizeof(std::string)},
      {"id", [](ModelInferRequest& request, int) { request.mutable_id()->append("id"); }, 2},
      {"inputs", [](ModelInferRequest& request, int) { request.add_inputs(); },
       sizeof(ModelInferRequest::InferInputTensor)},
      {"outputs", [](ModelInferRequest& request, int) { request.add_outputs(); },
       sizeof(ModelInferRequest::InferRequestedOutputTensor)},
      {"an input's contents",
       [](ModelInferRequest& request, int i) {
         if (i == 0) request.add_inputs();
         request.mutable_inputs(0)->add_shape(1);
         request.mutable_inputs(0)->mutable_contents()->add_int_contents(1);
         request.mutable_inputs(0)->mutable_contents()->add_bytes_contents();
       },
       sizeof(std::int64_t) + sizeof(std::int32_t) + sizeof(std::string)},
      {"parameters",
       [](ModelInferRequest& request, int i) {
         (*request.mutable_parameters())[std::to_string(i)].set_bool_param(true);
       },
       sizeof(std::string) + sizeof(inference::InferParameter)},
  };
  for (const Way& way : ways) {
    ModelInferRequest request;
    for (int i = 0; i < kMany; ++i) way.add(request, i);
    EXPECT_GE(MemoryOf(request), kMany * way.bytes / 2) << way.name;
  }
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
