#include "daemon/scheduler/batch_sessions.h"

#include <gtest/gtest.h>

#include "tests/daemon/scheduler/echo_model.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using Pools = std::vector<std::shared_ptr<engine::ThreadPool>>;

std::string RefusalOf(const std::vector<std::byte>& model) {
  const auto instance = test::InstanceOf(model, 1);
  const Status status = instance->EnableBatches({.max_size = 4}, Pools(1));
  EXPECT_EQ(instance->batches(), nullptr);
  EXPECT_EQ(instance->batch_options().max_size, 1);
  return std::string(status.message());
}

TEST(BatchSessions, SizesArePowersOfTwoAndTheLargest) {
  const auto instance = test::InstanceOf(test::LookUpModel(), 2);
  const auto batches = BatchSessions::Create(instance->executable(), Pools(2), 6);
  ASSERT_TRUE(batches.ok()) << batches.status().ToString();
  EXPECT_EQ((*batches)->sizes(), (std::vector<int>{2, 4, 6}));
  EXPECT_EQ((*batches)->count(), 6);
  EXPECT_EQ((*batches)->rows(), 24);
  const std::vector<int> expected = {1, 1, 2, 2, 4, 4, 6, 6};
  for (std::size_t requests = 0; requests < expected.size(); ++requests) {
    EXPECT_EQ((*batches)->SizeFor(requests), expected[requests]) << requests;
  }
  for (int slot = 0; slot < 2; ++slot) {
    for (const int size : {2, 4, 6}) {
      EXPECT_EQ((*batches)->session(slot, size).Output(0).shape, engine::Shape({size, 1}));
    }
  }
  EXPECT_NE(&(*batches)->session(0, 4), &(*batches)->session(1, 4));
}

TEST(BatchSessions, AnInstanceCountsTheirMemory) {
  const auto instance = test::InstanceOf(test::LookUpModel(), 2, {.levels = 2});
  const std::size_t arena = instance->executable().memory().arena_bytes;
  EXPECT_EQ(instance->memory().arena_bytes, 4 * arena);
  ASSERT_TRUE(instance->EnableBatches({.max_size = 4}, Pools(2)).ok());
  EXPECT_EQ(instance->memory().arena_bytes, (4 + 2 * (2 + 4)) * arena);
}

TEST(BatchSessions, ModelsThatTakeNoSeveralRowsAreRefusedWithTheReason) {
  EXPECT_EQ(RefusalOf(test::EchoModel({{ElementType::kFloat32, {2, 4}}})),
            "input 'in0' has the shape [2, 4], whose first axis is not 1");
  EXPECT_EQ(RefusalOf(test::EchoModel({{ElementType::kFloat32, {}}})),
            "input 'in0' has the shape [], whose first axis is not 1");
  EXPECT_EQ(RefusalOf(test::EchoModel({{ElementType::kString, {1, 4}}})), "input 'in0' is of strings");
  // The new shape is a constant of the model.
  EXPECT_NE(RefusalOf(test::EchoModel({{ElementType::kFloat32, {1, 4}}})).find("a batch of 2"), std::string::npos);
}

}  // namespace
}  // namespace tfld::daemon
