// A manager that each test starts anew on its own directory, and may start again.
#pragma once

#include <gtest/gtest.h>

#include "engine/base/str_cat.h"
#include "tests/daemon/lifecycle/manager_fixture.h"

namespace tfld::daemon {

class ManagerTest : public testing::Test {
 protected:
  static constexpr char kModel[] = "bearing";

  void SetUp() override { Start(); }
  void Start(const ManagerOptions& options = {}) {
    run_.reset();
    run_ = std::make_unique<RunningManager>(StateDir(), SystemFileSystem(), options);
    ASSERT_TRUE(run_->status.ok()) << run_->status.ToString();
  }
  std::string StateDir() const { return (directory_ / "state").string(); }
  std::filesystem::path VersionDir(std::uint64_t version) const {
    return directory_ / StrCat("state/models/", kModel, "/versions/", version);
  }
  Manager& manager() { return *run_->manager; }
  void DeployTwo() {
    for (const int version : {1, 2}) {
      const auto deployed = run_->Deploy(kModel, ShippedPackage(version));
      ASSERT_TRUE(deployed.ok()) << deployed.status().ToString();
    }
  }
  VersionState StateOf(std::uint64_t version) {
    const auto status = manager().Get(kModel);
    EXPECT_TRUE(status.ok());
    for (const VersionStatus& one : status->versions) {
      if (one.version == version) return one.state;
    }
    ADD_FAILURE() << "no version " << version;
    return VersionState::kFailed;
  }
  HistoryEvent LastEvent() { return manager().History(kModel)->back(); }

  test::TempDir directory_;
  std::unique_ptr<RunningManager> run_;
};

}  // namespace tfld::daemon
