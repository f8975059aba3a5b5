#include "daemon/rpc/model_statistics.h"

#include <gtest/gtest.h>

#include "tests/daemon/rpc/inference_service_fixture.h"

namespace tfld::daemon {
namespace {

using ModelStatisticsTest = InferenceServiceTest;

TEST_F(ModelStatisticsTest, OfASucceededAndAFailedRequest) {
  ASSERT_TRUE(Infer(test::EchoRequest()).ok());
  ASSERT_TRUE(Infer(test::EchoRequest()).ok());
  inference::ModelInferRequest wrong = test::EchoRequest();
  wrong.mutable_raw_input_contents(0)->resize(3);
  ASSERT_FALSE(Infer(wrong).ok());
  inference::ModelStatisticsResponse response;
  ASSERT_TRUE(Call(&Stub::ModelStatistics, inference::ModelStatisticsRequest(), response).ok());
  ASSERT_EQ(response.model_stats_size(), 1);
  const inference::ModelStatistics& model = response.model_stats(0);
  EXPECT_EQ(model.version(), "3");
  EXPECT_EQ(model.inference_count(), 2u);
  EXPECT_EQ(model.execution_count(), 2u);
  EXPECT_GT(model.last_inference(), 1'600'000'000'000u) << "Unix time in milliseconds";
  const inference::InferStatistics& times = model.inference_stats();
  EXPECT_EQ(times.fail().count(), 1u);
  EXPECT_GT(times.fail().ns(), 0u);
  std::uint64_t parts = 0;
  for (const auto* part : {&times.queue(), &times.compute_input(), &times.compute_infer(), &times.compute_output()}) {
    EXPECT_EQ(part->count(), 2u);
    EXPECT_GT(part->ns(), 0u);
    parts += part->ns();
  }
  EXPECT_EQ(times.success().count(), 2u);
  EXPECT_GE(times.success().ns(), parts) << "the parts are within the whole";
  ASSERT_EQ(model.batch_stats_size(), 1);
  EXPECT_EQ(model.batch_stats(0).batch_size(), 1u);
  EXPECT_EQ(model.batch_stats(0).compute_infer().count(), 2u);
  EXPECT_EQ(model.response_stats().at("0").success().count(), 2u);
  EXPECT_EQ(model.memory_usage_size(), 3);
}

}  // namespace
}  // namespace tfld::daemon
