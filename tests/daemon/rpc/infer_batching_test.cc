// Requests that run together, as the clients of the inference service see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/daemon/rpc/inference_service_fixture.h"

namespace tfld::daemon {
namespace {

using testing::ElementsAre;

// With a second model, "lookup", of batches of up to four.
class InferBatchingTest : public InferenceServiceTest {
 protected:
  InferBatchingTest() {
    auto served = std::make_shared<ServedVersion>();
    served->model = "lookup";
    served->version = 1;
    served->instance = test::InstanceOf(test::LookUpModel(), 1);
    EXPECT_TRUE(served->instance->EnableBatches({4, std::chrono::microseconds(700)}, {nullptr}).ok());
    fixture_.map.Publish(served);
  }
};

TEST_F(InferBatchingTest, TheConfigTellsSizesAndDelay) {
  inference::ModelConfigRequest request;
  request.set_name("lookup");
  inference::ModelConfigResponse response;
  ASSERT_TRUE(Call(&Stub::ModelConfig, request, response).ok());
  const inference::ModelDynamicBatching& batching = response.config().dynamic_batching();
  EXPECT_THAT(batching.preferred_batch_size(), ElementsAre(2, 4));
  EXPECT_EQ(batching.max_queue_delay_microseconds(), 700u);
}

TEST_F(InferBatchingTest, RequestsRunTogetherAndGetTheirOwnAnswers) {
  const auto release = fixture_.Occupy();
  std::vector<std::future<std::string>> calls;
  for (std::int32_t index : {4, 9}) {
    calls.push_back(std::async(std::launch::async, [this, index] {
      inference::ModelInferRequest request;
      request.set_model_name("lookup");
      auto& input = *request.add_inputs();
      input.set_name("index");
      input.set_datatype("INT32");
      input.add_shape(1);
      request.add_raw_input_contents(reinterpret_cast<const char*>(&index), sizeof(index));
      inference::ModelInferResponse response;
      const grpc::Status status = Call(&Stub::ModelInfer, request, response);
      return status.ok() ? response.raw_output_contents(0) : status.error_message();
    }));
  }
  fixture_.WaitUntilQueued(2);
  release->count_down();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const float expected = i == 0 ? 40.0F : 90.0F;
    EXPECT_EQ(calls[i].get(), std::string(reinterpret_cast<const char*>(&expected), sizeof(expected)));
  }
  const auto stats = fixture_.stats.Snapshot("lookup");
  ASSERT_EQ(stats.size(), 1u);
  ASSERT_EQ(stats[0].batches.size(), 1u);
  EXPECT_EQ(stats[0].batches[0].size, 2);
  EXPECT_EQ(stats[0].executions, 1u);
}

}  // namespace
}  // namespace tfld::daemon
