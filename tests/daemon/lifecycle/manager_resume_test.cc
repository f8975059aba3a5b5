// What a start finds again, and what a stop leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>

#include "daemon/lifecycle/manager.h"
#include "tests/daemon/lifecycle/manager_test.h"
#include "tests/daemon/store/faulty_file_system.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

class ManagerResumeTest : public ManagerTest {};

// From each state that a deploy enters before it serves.
TEST_F(ManagerResumeTest, ADeployThatMeetsTheEndOfTheDaemonIsGivenUp) {
  DeployTwo();
  using enum VersionState;
  for (const VersionState last : {kReceived, kVerified, kStaged, kWarming}) {
    const auto stops = [&](VersionState state, std::string_view) {
      if (state == last) manager().Stop();
    };
    EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(2), {}, stops).status().code(), StatusCode::kUnavailable);
    EXPECT_EQ(run_->Active(kModel), 2u);
    EXPECT_FALSE(LastEvent().ok);
    Start();
    manager().Resume();
    EXPECT_EQ(run_->Active(kModel), 2u);
    EXPECT_TRUE(std::filesystem::is_empty(directory_ / "state/incoming"));
    const ModelStatus model = *manager().Get(kModel);
    for (const VersionStatus& version : model.versions) {
      EXPECT_TRUE(version.version <= 2 || version.state == kFailed) << version.version;
    }
  }
}

TEST_F(ManagerResumeTest, NothingIsLoadedOnceItStops) {
  DeployTwo();
  Start();
  manager().Stop();
  EXPECT_TRUE(manager().Resume().empty());
  EXPECT_EQ(manager().Activate(kModel, 1, "test").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(manager().Load(kModel, "test").status().code(), StatusCode::kUnavailable);
  Start();
  EXPECT_EQ(manager().Resume().size(), 1u);
  EXPECT_EQ(run_->Active(kModel), 2u);
}

TEST_F(ManagerResumeTest, ARestartResumesWhatWasActive) {
  DeployTwo();
  const auto before = manager().Get(kModel);
  Start();
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(StateOf(2), VersionState::kWarming);
  const auto outcome = manager().Resume();
  ASSERT_EQ(outcome.size(), 1u);
  EXPECT_TRUE(outcome[0].ok);
  EXPECT_EQ(outcome[0].version, 2u);
  EXPECT_EQ(run_->Active(kModel), 2u);
  const auto after = manager().Get(kModel);
  EXPECT_EQ(after->generation, before->generation);
  EXPECT_EQ(after->previous, 1u);
}

TEST_F(ManagerResumeTest, ARottenModelFallsBackToThePreviousOneAndTheHistorySaysSo) {
  DeployTwo();
  const auto model = VersionDir(2) / "model.tflite";
  std::string bytes = FileBytes(model);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(RemoveTree(SystemFileSystem(), model.string()).ok());
  ASSERT_TRUE(WriteNewFile(SystemFileSystem(), model.string(), AsBytes(bytes)).ok());
  Start();
  const auto outcome = manager().Resume();
  ASSERT_EQ(outcome.size(), 2u);
  EXPECT_FALSE(outcome[0].ok);
  EXPECT_THAT(outcome[0].reason, HasSubstr("sha256"));
  EXPECT_TRUE(outcome[1].ok);
  EXPECT_EQ(run_->Active(kModel), 1u);
  EXPECT_EQ(StateOf(2), VersionState::kFailed);
  EXPECT_EQ(StateOf(1), VersionState::kActive);
  EXPECT_EQ(LastEvent().action, "resume");
  Start();
  EXPECT_EQ(manager().Resume().size(), 1u);
  EXPECT_EQ(run_->Active(kModel), 1u);
}

TEST_F(ManagerResumeTest, AFallbackThatCouldNotBeWrittenIsWrittenWhenItIsActivatedAndNotRemovedBefore) {
  DeployTwo();
  const std::string model = (VersionDir(2) / "model.tflite").string();
  ASSERT_TRUE(RemoveTree(SystemFileSystem(), model).ok());
  run_.reset();
  FaultyFileSystem faulty(SystemFileSystem());
  RunningManager run(StateDir(), faulty);
  faulty.FullFrom(faulty.count());
  run.manager->Resume();
  ASSERT_EQ(run.Active(kModel), 1u);
  EXPECT_EQ(run.manager->Remove(kModel, 1, "test").code(), StatusCode::kFailedPrecondition);
  EXPECT_FALSE(run.manager->Activate(kModel, 1, "test").ok());
  faulty.FullFrom(INT_MAX);
  EXPECT_TRUE(run.manager->Activate(kModel, 1, "test").ok());
  EXPECT_EQ(run.manager->Get(kModel)->versions[0].state, VersionState::kActive);
}

TEST_F(ManagerResumeTest, WhenNothingLoadsThePointerStaysAndTheReasonIsShown) {
  DeployTwo();
  Start({.max_model_memory_bytes = 16});
  EXPECT_EQ(manager().Resume().size(), 2u);
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(StateOf(2), VersionState::kFailed);
  EXPECT_EQ(manager().Get(kModel)->active, std::nullopt);
  Start();
  manager().Resume();
  EXPECT_EQ(run_->Active(kModel), 2u);
}

TEST_F(ManagerResumeTest, AStateDirectoryHasOneDaemon) {
  ServingMap map;
  Scheduler scheduler(Executors(1));
  EXPECT_EQ(Manager::Create({.state_dir = StateDir()}, scheduler, map).status().code(),
            StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tfld::daemon
