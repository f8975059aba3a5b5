#include "daemon/store/recovery.h"

#include <gtest/gtest.h>

#include "tests/daemon/store/faulty_file_system.h"
#include "tests/daemon/store/memory_file_system.h"
#include "tests/daemon/store/store_fixture.h"

namespace tfld::daemon {
namespace {

class RecoveryTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = OpenStore(files_);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(Deploy(**store, "kws", 1).ok());
    ASSERT_TRUE(Deploy(**store, "kws", 2).ok());
  }
  ModelState Recovered() {
    auto store = OpenStore(files_);
    EXPECT_TRUE(store.ok()) << store.status().ToString();
    return store.ok() ? StateOf(**store, "kws") : ModelState();
  }
  bool Exists(const std::string& path) { return files_.Open(path).ok() || files_.List(path).ok(); }

  MemoryFileSystem files_;
  const std::string model_ = "/state/models/kws";
};

TEST_F(RecoveryTest, WhatIsWholeIsLeftAlone) {
  const auto before = ReadFile(files_, model_ + "/state", 1 << 20);
  EXPECT_EQ(Recovered().active(), 2u);
  EXPECT_EQ(*ReadFile(files_, model_ + "/state", 1 << 20), *before);
}

TEST_F(RecoveryTest, LeftoversGo) {
  ASSERT_TRUE(EnsureDirectory(files_, model_ + "/versions/3/golden").ok());
  ASSERT_TRUE(EnsureDirectory(files_, model_ + "/versions/not-a-number").ok());
  ASSERT_TRUE(WriteNewFile(files_, model_ + "/versions/03", AsBytes("x")).ok());
  ASSERT_TRUE(WriteNewFile(files_, model_ + "/state.new", AsBytes("half")).ok());
  ASSERT_TRUE(EnsureDirectory(files_, "/state/incoming/7/version").ok());
  ASSERT_TRUE(WriteNewFile(files_, "/state/incoming/7/package", AsBytes("half")).ok());
  ASSERT_TRUE(EnsureDirectory(files_, "/state/models/new/versions/1").ok());
  EXPECT_EQ(Recovered().versions.size(), 2u);
  for (const char* gone :
       {"/state/models/kws/versions/3", "/state/models/kws/versions/not-a-number", "/state/models/kws/versions/03",
        "/state/models/kws/state.new", "/state/incoming/7", "/state/models/new"}) {
    EXPECT_FALSE(Exists(gone)) << gone;
  }
  EXPECT_TRUE(Exists(model_ + "/versions/2/model.tflite"));
}

TEST_F(RecoveryTest, AVersionThatWasWarmingHasFailedAndItsNumberMayBeUsedAgain) {
  {
    auto store = OpenStore(files_);
    ASSERT_TRUE(StageBytes(**store, "kws", 3, PackageOfVersion(3), StoredState::kWarming).ok());
  }
  const ModelState state = Recovered();
  ASSERT_NE(state.Find(3), nullptr);
  EXPECT_EQ(state.Find(3)->state, StoredState::kFailed);
  EXPECT_EQ(state.active(), 2u);
  EXPECT_EQ(state.events.back().action, "recover");
  EXPECT_FALSE(state.events.back().ok);
  EXPECT_FALSE(Exists(model_ + "/versions/3"));
}

TEST_F(RecoveryTest, AStagedVersionStays) {
  {
    auto store = OpenStore(files_);
    ASSERT_TRUE(StageBytes(**store, "kws", 3, PackageOfVersion(3)).ok());
  }
  EXPECT_EQ(Recovered().Find(3)->state, StoredState::kStaged);
  EXPECT_TRUE(Exists(model_ + "/versions/3/model.tflite"));
}

TEST_F(RecoveryTest, AVersionWithoutItsFilesHasFailed) {
  ASSERT_TRUE(RemoveTree(files_, model_ + "/versions/1").ok());
  const ModelState state = Recovered();
  EXPECT_EQ(state.Find(1)->state, StoredState::kFailed);
  EXPECT_EQ(state.active(), 2u);
  EXPECT_EQ(state.previous(), std::nullopt);
}

TEST_F(RecoveryTest, ALabelGoesWithItsVersion) {
  {
    auto store = OpenStore(files_);
    ModelState state = StateOf(**store, "kws");
    state.labels = {{"now", 2}, {"stable", 1}};
    ASSERT_TRUE((*store)->Write(state).ok());
  }
  EXPECT_EQ(Recovered().labels.size(), 2u);
  ASSERT_TRUE(RemoveTree(files_, model_ + "/versions/1").ok());
  const ModelState state = Recovered();
  EXPECT_FALSE(state.labels.contains("stable"));
  EXPECT_TRUE(state.IsLabelled(2));
}

TEST_F(RecoveryTest, AnActiveVersionWithoutItsFilesIsLeftForTheFallback) {
  ASSERT_TRUE(RemoveTree(files_, model_ + "/versions/2").ok());
  const ModelState state = Recovered();
  EXPECT_EQ(state.active(), 2u);
  EXPECT_EQ(state.previous(), 1u);
}

TEST_F(RecoveryTest, ARottenStateIsSetAsideAndMadeAnewFromTheVersions) {
  files_.Corrupt(model_ + "/state", 40);
  const ModelState state = Recovered();
  EXPECT_EQ(state.name, "kws");
  EXPECT_EQ(state.active(), std::nullopt);
  EXPECT_EQ(state.highest_version, 2u);
  ASSERT_EQ(state.versions.size(), 2u);
  EXPECT_EQ(state.versions[0].state, StoredState::kStaged);
  ASSERT_EQ(state.events.size(), 1u);
  EXPECT_NE(state.events[0].reason.find("checksum"), std::string::npos);
  EXPECT_TRUE(Exists(model_ + "/state.rotten"));
  auto store = OpenStore(files_);
  EXPECT_TRUE((*store)->OpenVersion("kws", 1).ok());
  EXPECT_TRUE((*store)->OpenVersion("kws", 2).ok());
}

TEST_F(RecoveryTest, AStartThatEndsWhileItMakesAStateAnewLosesNoVersion) {
  files_.Corrupt(model_ + "/state", 40);
  for (int index = 0, operations = 1; index < operations; ++index) {
    SCOPED_TRACE(index);
    const auto files = files_.AfterPowerCut([] { return true; });
    FaultyFileSystem faulty(*files);
    faulty.KillBefore(index);
    (void)OpenStore(faulty);
    operations = faulty.count();
    auto store = OpenStore(*files);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    EXPECT_TRUE((*store)->OpenVersion("kws", 1).ok());
    EXPECT_TRUE((*store)->OpenVersion("kws", 2).ok());
  }
}

TEST_F(RecoveryTest, AnEmptyStateFileIsRottenToo) {
  files_.Truncate(model_ + "/state", 0);
  EXPECT_EQ(Recovered().versions.size(), 2u);
}

}  // namespace
}  // namespace tfld::daemon
