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
  EXPECT_EQ(map.Withdraw("kws").at(0)->version, 1u);
  EXPECT_TRUE(map.Withdraw("kws").empty());
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
  EXPECT_TRUE(map.Suspend("kws").empty());
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kNotFound);
  map.Publish(Served("kws", 1));
  EXPECT_EQ(map.Suspend("kws").at(0)->version, 1u);
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(map.Publish(Served("kws", 2)), nullptr);
  EXPECT_EQ((*map.Acquire("kws", ""))->version, 2u);
}

TEST(ServingMap, ALabelStaysAtItsVersionWhicheverIsActive) {
  ServingMap map;
  EXPECT_EQ(map.SetLabel("kws", "stable", Served("kws", 1))->version, 1u) << "an unknown model takes none";
  map.Publish(Served("kws", 1));
  EXPECT_EQ(map.SetLabel("kws", "stable", *map.Acquire("kws", "1")), nullptr);
  EXPECT_EQ(map.SetLabel("kws", "canary", Served("kws", 3)), nullptr);
  map.Publish(Served("kws", 2));
  EXPECT_EQ((*map.Acquire("kws", ""))->version, 2u);
  EXPECT_EQ((*map.Acquire("kws", "stable"))->version, 1u);
  EXPECT_EQ((*map.Acquire("kws", "1"))->version, 1u);
  EXPECT_EQ((*map.Acquire("kws", "canary"))->version, 3u);
  EXPECT_EQ((*map.Acquire("kws", "3"))->version, 3u);
  EXPECT_EQ(map.SetLabel("kws", "stable", *map.Acquire("kws", ""))->version, 1u);
  EXPECT_EQ((*map.Acquire("kws", "stable"))->version, 2u);
  const Status gone = map.Acquire("kws", "1").status();
  EXPECT_EQ(gone.code(), StatusCode::kNotFound);
  EXPECT_EQ(gone.message(), "model kws has no version '1' in service; versions 2, 3 are");
  EXPECT_EQ(map.RemoveLabel("kws", "canary")->version, 3u);
  EXPECT_EQ(map.RemoveLabel("kws", "canary"), nullptr);
  EXPECT_EQ(map.Acquire("kws", "canary").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(map.Acquire("kws", "3").status().code(), StatusCode::kNotFound);
}

TEST(ServingMap, AModelMayServeByItsLabelsAlone) {
  ServingMap map;
  map.Announce("kws");
  map.SetLabel("kws", "canary", Served("kws", 4));
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ((*map.Acquire("kws", "4"))->version, 4u);
}

TEST(ServingMap, ASnapshotHasEachVersionOnce) {
  ServingMap map;
  map.Publish(Served("b", 2));
  map.SetLabel("b", "same", *map.Acquire("b", ""));
  map.SetLabel("b", "older", Served("b", 1));
  map.SetLabel("b", "later", nullptr);
  map.Publish(Served("a", 7));
  std::vector<std::uint64_t> versions;
  for (const auto& served : map.Snapshot()) versions.push_back(served->version);
  EXPECT_EQ(versions, (std::vector<std::uint64_t>{7, 1, 2}));
  EXPECT_EQ(map.Snapshot("b").size(), 2u);
  EXPECT_TRUE(map.Snapshot("c").empty());
}

TEST(ServingMap, ASuspendedModelKeepsItsLabelsWithoutVersions) {
  ServingMap map;
  map.Publish(Served("kws", 2));
  map.SetLabel("kws", "stable", Served("kws", 1));
  EXPECT_EQ(map.Suspend("kws").size(), 2u);
  EXPECT_EQ(map.Acquire("kws", "stable").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(map.Acquire("kws", "1").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(map.SetLabel("kws", "stable", Served("kws", 1)), nullptr);
  EXPECT_EQ((*map.Acquire("kws", "stable"))->version, 1u);
  EXPECT_EQ(map.Acquire("kws", "").status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace tfld::daemon
