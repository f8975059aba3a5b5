#include "daemon/lifecycle/batch_check.h"

#include <gtest/gtest.h>

#include "daemon/scheduler/batch_sessions.h"
#include "tests/daemon/scheduler/echo_model.h"

namespace tfld::daemon {
namespace {

Status Check(const std::vector<std::byte>& model, int largest) {
  const auto instance = test::InstanceOf(model, 1);
  TFLD_RETURN_IF_ERROR(instance->EnableBatches({.max_size = largest}, {nullptr}));
  return CheckBatches(instance->executable(), instance->session(0), *instance->batches());
}

TEST(BatchCheck, RowsThatDoNotKnowOfEachOtherPass) { EXPECT_TRUE(Check(test::LookUpModel(), 8).ok()); }

TEST(BatchCheck, AModelThatAddsItsRowsUpIsFound) {
  const Status status = Check(test::RunningSumModel(), 2);
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(status.message().starts_with("in a batch of 2 output 'sum' differs by ")) << status.message();
}

}  // namespace
}  // namespace tfld::daemon
