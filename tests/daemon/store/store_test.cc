#include "daemon/store/store.h"

#include <gtest/gtest.h>

#include "daemon/store/state_file.h"
#include "tests/daemon/store/faulty_file_system.h"
#include "tests/daemon/store/memory_file_system.h"
#include "tests/daemon/store/store_fixture.h"
#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void Reopen() {
    store_.reset();
    auto store = OpenStore(files_);
    ASSERT_TRUE(store.ok()) << store.status().ToString();
    store_ = *std::move(store);
  }
  std::string ReceiveError(const std::string& bytes, std::uint64_t size, const std::string& sha256) {
    auto incoming = store_->Receive(size, sha256);
    if (!incoming.ok()) return std::string(incoming.status().message());
    if (const Status written = (*incoming)->Write(AsBytes(bytes)); !written.ok()) return written.ToString();
    const auto prepared = store_->Prepare(**incoming, "kws", {});
    return std::string(prepared.status().message());
  }

  MemoryFileSystem files_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, ADeployedVersionIsThereAfterAReopen) {
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  ASSERT_TRUE(Deploy(*store_, "kws", 2).ok());
  const auto before = store_->Get("kws");
  Reopen();
  const auto state = store_->Get("kws");
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*state, *before);
  EXPECT_EQ(state->active(), 2u);
  EXPECT_EQ(state->previous(), 1u);
  const auto version = store_->OpenVersion("kws", 2);
  ASSERT_TRUE(version.ok()) << version.status().ToString();
  EXPECT_EQ(*Sha256Of(*version->model), version->record.sha256);
  EXPECT_EQ(version->manifest.labels, std::vector<std::string>{"a"});
  EXPECT_EQ(version->manifest.version, 2u);
  EXPECT_TRUE(VerifyFiles(files_, *version).ok());
}

TEST_F(StoreTest, GenerationsCountEveryWrite) {
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  EXPECT_EQ(store_->Get("kws")->generation, 2u);
}

TEST_F(StoreTest, WhatIsNotAsAnnouncedIsRefusedAndLeavesNothing) {
  const std::string bytes = FakeModel("1");
  const std::string digest = Sha256Of(AsBytes(bytes));
  const auto before = files_.AllPaths();
  EXPECT_NE(ReceiveError("", 0, digest).find("0 bytes"), std::string::npos);
  EXPECT_NE(ReceiveError("", 2 << 20, digest).find("at most 1048576"), std::string::npos);
  EXPECT_NE(ReceiveError(bytes, bytes.size(), "xyz").find("hexadecimal"), std::string::npos);
  EXPECT_NE(ReceiveError(bytes, bytes.size() - 1, digest).find("more bytes came"), std::string::npos);
  EXPECT_NE(ReceiveError(bytes, bytes.size() + 1, digest).find("were announced"), std::string::npos);
  EXPECT_NE(ReceiveError(bytes, bytes.size(), std::string(64, '0')).find(digest), std::string::npos);
  EXPECT_EQ(files_.AllPaths(), before);
  EXPECT_TRUE(store_->Names().empty());
}

TEST_F(StoreTest, RemovedVersionsAndModelsLeaveNothing) {
  const auto before = files_.AllPaths();
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  const auto with_one = files_.AllPaths();
  ASSERT_TRUE(Deploy(*store_, "kws", 2).ok());
  ASSERT_TRUE(MakeActive(*store_, "kws", 1).ok());
  ASSERT_TRUE(RemoveVersion(*store_, "kws", 2).ok());
  EXPECT_EQ(files_.AllPaths(), with_one);
  EXPECT_EQ(store_->OpenVersion("kws", 2).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(store_->RemoveModel("kws").ok());
  EXPECT_EQ(files_.AllPaths(), before);
  EXPECT_EQ(store_->RemoveModel("kws").code(), StatusCode::kNotFound);
}

TEST_F(StoreTest, RotIsFound) {
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  files_.Corrupt("/state/models/kws/versions/1/golden/golden.json", 0);
  auto version = store_->OpenVersion("kws", 1);
  ASSERT_TRUE(version.ok());
  EXPECT_EQ(VerifyFiles(files_, *version).code(), StatusCode::kDataLoss);
  files_.Corrupt("/state/models/kws/versions/1/manifest", 30);
  EXPECT_EQ(store_->OpenVersion("kws", 1).status().code(), StatusCode::kDataLoss);
  ASSERT_TRUE(files_.RemoveFile("/state/models/kws/versions/1/manifest").ok());
  EXPECT_EQ(store_->OpenVersion("kws", 1).status().code(), StatusCode::kDataLoss);
}

TEST_F(StoreTest, AnErrorAnywhereInADeployChangesNothing) {
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  store_.reset();
  const auto paths = files_.AllPaths();
  int operations = 0;
  {
    FaultyFileSystem counting(files_);
    auto store = OpenStore(counting);
    const int start = counting.count();
    ASSERT_TRUE(StageBytes(**store, "kws", 2, PackageOfVersion(2)).ok());
    operations = counting.count() - start;
    ASSERT_TRUE(RemoveVersion(**store, "kws", 2).ok());
  }
  for (const Status& error : {DataLoss("input/output error"), ResourceExhausted("no space left on device")}) {
    for (int i = 0; i < operations; ++i) {
      FaultyFileSystem faulty(files_);
      auto store = OpenStore(faulty);
      ASSERT_TRUE(store.ok());
      const auto before = (*store)->Get("kws");
      faulty.FailOnce(faulty.count() + i, error);
      const Status staged = StageBytes(**store, "kws", 2, PackageOfVersion(2));
      if (staged.ok()) {  // a clean-up that failed: nothing to tell the caller, and the next start goes on with it
        ASSERT_TRUE(RemoveVersion(**store, "kws", 2).ok());
        continue;
      }
      EXPECT_EQ(staged.code(), error.code()) << i;
      EXPECT_EQ(*(*store)->Get("kws"), *before) << i;
      store = NotFound("closed");
      ASSERT_TRUE(OpenStore(files_).ok());
      EXPECT_EQ(files_.AllPaths(), paths) << "operation " << i;
      EXPECT_EQ(ReadStateFile(files_, "/state/models/kws")->active(), 1u) << i;
    }
  }
}

TEST_F(StoreTest, AFullDiskLeavesNoGarbageEvenBeforeARestart) {
  ASSERT_TRUE(Deploy(*store_, "kws", 1).ok());
  store_.reset();
  const auto paths = files_.AllPaths();
  for (int i = 0;; ++i) {
    FaultyFileSystem faulty(files_);
    auto store = OpenStore(faulty);
    ASSERT_TRUE(store.ok());
    faulty.FullFrom(faulty.count() + i);
    const Status staged = StageBytes(**store, "kws", 2, PackageOfVersion(2));
    if (staged.ok()) break;
    EXPECT_EQ(staged.code(), StatusCode::kResourceExhausted) << i;
    EXPECT_EQ(files_.AllPaths(), paths) << "full from operation " << i;
    EXPECT_TRUE((*store)->OpenVersion("kws", 1).ok());
  }
}

TEST(StoreOnDisk, WorksOnTheRealFileSystemAndIsLocked) {
  const test::TempDir directory;
  const StoreOptions options{.state_dir = (directory / "deep/er/state").string(), .max_package_bytes = 1 << 20};
  auto store = Store::Open(SystemFileSystem(), options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  ASSERT_TRUE(Deploy(**store, "kws", 1).ok());
  ASSERT_TRUE(StageBytes(**store, "raw", 1, FakeModel("raw")).ok());
  EXPECT_EQ(Store::Open(SystemFileSystem(), options).status().code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Deploy(**store, "kws", 2).ok());
  ASSERT_TRUE(RemoveVersion(**store, "kws", 1).ok());
  store = NotFound("closed");
  store = Store::Open(SystemFileSystem(), options);
  ASSERT_TRUE(store.ok()) << store.status().ToString();
  EXPECT_EQ((*store)->Names(), (std::vector<std::string>{"kws", "raw"}));
  const auto version = (*store)->OpenVersion("raw", 1);
  ASSERT_TRUE(version.ok());
  EXPECT_GE(version->model->descriptor(), 0);
  ASSERT_TRUE((*store)->RemoveModel("raw").ok());
  EXPECT_FALSE(std::filesystem::exists(directory / "deep/er/state/models/raw"));
  EXPECT_TRUE(std::filesystem::is_empty(directory / "deep/er/state/incoming"));
}

}  // namespace
}  // namespace tfld::daemon
