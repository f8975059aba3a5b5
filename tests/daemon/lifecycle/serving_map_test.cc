#include "daemon/lifecycle/serving_map.h"

#include <gtest/gtest.h>

#include <thread>

namespace tfld::daemon {
namespace {

std::shared_ptr<const ServedVersion> Served(const std::string& model, std::uint64_t version) {
  auto served = std::make_shared<ServedVersion>();
  served->model = model;
  served->version = version;
  return served;
}

TEST(ServingMap, AcquiresTheActiveVersionByNoneOrItsNumber) {
  ServingMap map;
  EXPECT_EQ(map.Publish(Served("kws", 7)), nullptr);
  EXPECT_EQ((*map.Acquire("kws", ""))->version, 7u);
  EXPECT_EQ((*map.Acquire("kws", "7"))->version, 7u);
}

TEST(ServingMap, ErrorsNameModelAndVersion) {
  ServingMap map;
  map.Publish(Served("kws", 7));
  EXPECT_EQ(map.Acquire("vww", "").status().ToString(), "NOT_FOUND: model 'vww' is not known");
  EXPECT_EQ(map.Acquire("kws", "8").status().ToString(),
            "NOT_FOUND: model kws has no version '8' in service; version 7 is");
  EXPECT_FALSE(map.Acquire("kws", "07").ok());
  map.Announce("ic");
  EXPECT_EQ(map.Acquire("ic", "").status().code(), StatusCode::kUnavailable);
}

TEST(ServingMap, PublishSwapsAndReturnsWhatWas) {
  ServingMap map;
  map.Publish(Served("kws", 1));
  map.Announce("kws");
  const auto pinned = *map.Acquire("kws", "");
  EXPECT_EQ(map.Publish(Served("kws", 2)), pinned);
  EXPECT_EQ((*map.Acquire("kws", ""))->version, 2u);
  EXPECT_EQ(pinned->version, 1u);
}

TEST(ServingMap, WithdrawForgets) {
  ServingMap map;
  map.Publish(Served("kws", 1));
  EXPECT_EQ(map.Withdraw("kws")->version, 1u);
  EXPECT_EQ(map.Withdraw("kws"), nullptr);
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kNotFound);
}

TEST(ServingMap, SnapshotIsOrderedAndHasOnlyWhatServes) {
  ServingMap map;
  map.Publish(Served("b", 1));
  map.Publish(Served("a", 1));
  map.Announce("c");
  const auto all = map.Snapshot();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0]->model, "a");
}

TEST(ServingMap, ReadersNeverMissAVersionWhileItIsSwapped) {
  ServingMap map;
  map.Publish(Served("kws", 1));
  std::thread writer([&] {
    for (std::uint64_t version = 2; version < 2000; ++version) map.Publish(Served("kws", version));
  });
  std::uint64_t last = 0;
  while (last < 1999) {
    const auto served = map.Acquire("kws", "");
    ASSERT_TRUE(served.ok());
    ASSERT_GE((*served)->version, last);
    last = (*served)->version;
  }
  writer.join();
}

TEST(ServingMap, ASuspendedModelStaysKnown) {
  ServingMap map;
  EXPECT_EQ(map.Suspend("kws"), nullptr);
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kNotFound);
  map.Publish(Served("kws", 1));
  EXPECT_EQ(map.Suspend("kws")->version, 1u);
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(map.Publish(Served("kws", 2)), nullptr);
  EXPECT_EQ((*map.Acquire("kws", ""))->version, 2u);
}

TEST(ServingMap, ALabelNamesALoadedVersionAndFollowsTheActiveOne) {
  ServingMap map;
  EXPECT_EQ(map.SetLabel("kws", "stable", 1).code(), StatusCode::kNotFound);
  map.Announce("kws");
  EXPECT_EQ(map.SetLabel("kws", "stable", 1).code(), StatusCode::kFailedPrecondition);
  map.Publish(Served("kws", 1));
  EXPECT_EQ(map.SetLabel("kws", "stable", 2).code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(map.SetLabel("kws", "stable", 1).ok());
  EXPECT_EQ((*map.Acquire("kws", "stable"))->version, 1u);
  EXPECT_EQ(map.Acquire("kws", "canary").status().code(), StatusCode::kNotFound);
  map.Publish(Served("kws", 2));
  EXPECT_EQ((*map.Acquire("kws", "stable"))->version, 2u);
  map.Suspend("kws");
  EXPECT_EQ(map.Acquire("kws", "stable").status().code(), StatusCode::kUnavailable);
  map.Publish(Served("kws", 2));
  EXPECT_TRUE(map.Acquire("kws", "stable").ok());
  EXPECT_TRUE(map.RemoveLabel("kws", "stable").ok());
  EXPECT_EQ(map.RemoveLabel("kws", "stable").code(), StatusCode::kNotFound);
  EXPECT_EQ(map.Acquire("kws", "stable").status().code(), StatusCode::kNotFound);
}

TEST(ServingMap, LabelsAreNoNumbersAndSoMany) {
  ServingMap map;
  map.Publish(Served("kws", 1));
  for (const char* wrong : {"", "1", "1st", "-x", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(map.SetLabel("kws", wrong, 1).code(), StatusCode::kInvalidArgument) << wrong;
  }
  EXPECT_EQ(map.SetLabel("kws", std::string(65, 'x'), 1).code(), StatusCode::kInvalidArgument);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(map.SetLabel("kws", "v" + std::to_string(i), 1).ok());
  EXPECT_EQ(map.SetLabel("kws", "more", 1).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(map.SetLabel("kws", "v0", 1).ok());
}

}  // namespace
}  // namespace tfld::daemon
