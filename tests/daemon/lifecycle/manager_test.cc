#include "daemon/lifecycle/manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <climits>

#include "engine/base/str_cat.h"
#include "tests/daemon/lifecycle/manager_test.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/daemon/store/faulty_file_system.h"
#include "tests/engine/metadata/labelled_model.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

TEST_F(ManagerTest, LabelsThatTheModelBringsAreServed) {
  const auto text = [](const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const auto zip = test::ZipBytes("zip:compression=deflate");
  ASSERT_TRUE(run_->Deploy(kModel, text(test::LabelledModel(test::MetadataBytes(), zip))).ok());
  EXPECT_EQ((*run_->map.Acquire(kModel, ""))->class_labels, (std::vector<std::string>{"apple", "2 pears", "", "plum"}));
  ASSERT_TRUE(run_->Deploy(kModel, text(test::LabelledModel(test::MetadataBytes(), {}))).ok());
  EXPECT_TRUE((*run_->map.Acquire(kModel, ""))->class_labels.empty());
}

TEST_F(ManagerTest, ADeployGoesTheWholeWayAndServes) {
  std::vector<VersionState> states;
  const auto status = run_->Deploy(kModel, ShippedPackage(1), {}, [&](VersionState state, std::string_view detail) {
    states.push_back(state);
    EXPECT_FALSE(detail.empty());
  });
  ASSERT_TRUE(status.ok()) << status.status().ToString();
  using enum VersionState;
  EXPECT_EQ(states, (std::vector<VersionState>{kReceived, kVerified, kStaged, kWarming, kActive}));
  EXPECT_EQ(status->version, 1u);
  EXPECT_EQ(status->state, kActive);
  EXPECT_EQ(status->sha256, Sha256Of(AsBytes(ShippedModelBytes(1))));
  const auto served = run_->map.Acquire(kModel, "");
  ASSERT_TRUE(served.ok());
  EXPECT_EQ((*served)->class_labels.size(), 5u);
  EXPECT_EQ((*served)->instance->slots(), 2);
  const auto model = manager().Get(kModel);
  EXPECT_EQ(model->active, 1u);
  EXPECT_EQ(model->previous, std::nullopt);
  EXPECT_GT(model->memory.weights, 0u);
  EXPECT_GT(model->memory.arenas, 0u);
  EXPECT_EQ(LastEvent().action, "deploy");
  EXPECT_EQ(LastEvent().actor, "test");
  EXPECT_TRUE(LastEvent().ok);
}

TEST_F(ManagerTest, ARawModelDeploysAsWellAndTheSameBytesAreANewVersion) {
  ASSERT_TRUE(run_->Deploy(kModel, ShippedModelBytes(1)).ok());
  const auto again = run_->Deploy(kModel, ShippedModelBytes(1));
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->version, 2u);
  EXPECT_EQ(run_->Active(kModel), 2u);
  const auto taken = run_->Deploy(kModel, ShippedModelBytes(1), {.version = 1});
  EXPECT_EQ(taken.status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(run_->Deploy(kModel, ShippedModelBytes(1), {.version = 17})->version, 17u);
}

TEST_F(ManagerTest, AVersionThatFailsItsGoldenTestIsRefusedAndTheOldOneServesOn) {
  DeployTwo();
  const auto status = run_->Deploy(kModel, ShippedPackage(3));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.status().message()), HasSubstr("golden test"));
  EXPECT_EQ(run_->Active(kModel), 2u);
  EXPECT_EQ(StateOf(3), VersionState::kFailed);
  EXPECT_FALSE(std::filesystem::exists(VersionDir(3)));
  EXPECT_FALSE(LastEvent().ok);
  EXPECT_EQ(LastEvent().version, 3u);
  EXPECT_THAT(LastEvent().reason, HasSubstr("golden test"));
  EXPECT_EQ(manager().Activate(kModel, 3, "test").status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(2), {.version = 3})->version, 3u);
}

TEST_F(ManagerTest, WhatIsNoModelChangesNothingButTheHistory) {
  const std::string model = ShippedModelBytes(1);
  for (const std::string& bad :
       {std::string("not a model at all"), model.substr(0, model.size() / 2), FakeModel("x")}) {
    EXPECT_EQ(run_->Deploy("fresh", bad).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_TRUE(manager().List().empty());
  DeployTwo();
  const auto before = manager().Get(kModel);
  EXPECT_FALSE(run_->Deploy(kModel, model.substr(0, 1000)).ok());
  const auto after = manager().Get(kModel);
  EXPECT_EQ(after->versions.size(), before->versions.size());
  EXPECT_EQ(after->active, 2u);
  EXPECT_FALSE(LastEvent().ok);
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "state/incoming"));
}

TEST_F(ManagerTest, AWrongDigestIsRefused) {
  const std::string model = ShippedModelBytes(1);
  DeployRequest request{.model = kModel, .size = model.size(), .sha256 = std::string(64, '0')};
  auto upload = manager().BeginDeploy(request);
  ASSERT_TRUE(upload.ok());
  ASSERT_TRUE((*upload)->Write(AsBytes(model)).ok());
  EXPECT_EQ((*upload)->Finish({}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ((*upload)->Write(AsBytes(model)).code(), StatusCode::kFailedPrecondition);
  EXPECT_FALSE((*upload)->Finish({}).ok());
}

TEST_F(ManagerTest, AnUploadThatIsLetGoLeavesNoTrace) {
  const std::string model = ShippedModelBytes(1);
  {
    auto upload = manager().BeginDeploy({.model = kModel, .size = model.size(), .sha256 = Sha256Of(AsBytes(model))});
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Write(AsBytes(model).first(100)).ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "state/incoming"));
  EXPECT_TRUE(manager().List().empty());
}

TEST_F(ManagerTest, AnUploadOfMoreThanWasAnnouncedEndsAndStandsInTheHistory) {
  DeployTwo();
  const std::string model = ShippedModelBytes(1);
  auto upload = manager().BeginDeploy({.model = kModel, .size = 100, .sha256 = Sha256Of(AsBytes(model))});
  ASSERT_TRUE(upload.ok());
  EXPECT_EQ((*upload)->Write(AsBytes(model)).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(LastEvent().action, "deploy");
  EXPECT_FALSE(LastEvent().ok);
  EXPECT_THAT(LastEvent().reason, HasSubstr("announced"));
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "state/incoming"));
  EXPECT_EQ((*upload)->Write(AsBytes(model).first(10)).code(), StatusCode::kFailedPrecondition);
}

// From each state that a deploy enters before it serves.
TEST_F(ManagerTest, ADeployThatMeetsTheEndOfTheDaemonIsGivenUp) {
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

TEST_F(ManagerTest, NothingIsLoadedOnceItStops) {
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

TEST_F(ManagerTest, UploadsAreBounded) {
  std::vector<std::unique_ptr<Upload>> uploads;
  const DeployRequest request{.model = kModel, .size = 10, .sha256 = std::string(64, '0')};
  Status refused;
  for (int i = 0; i < 20 && refused.ok(); ++i) {
    auto upload = manager().BeginDeploy(request);
    refused = upload.status();
    if (upload.ok()) uploads.push_back(*std::move(upload));
  }
  EXPECT_EQ(refused.code(), StatusCode::kResourceExhausted);
  uploads.clear();
  EXPECT_TRUE(manager().BeginDeploy(request).ok());
}

TEST_F(ManagerTest, NamesAreChecked) {
  EXPECT_EQ(run_->Deploy("../x", ShippedModelBytes(1)).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ManagerTest, StagedVersionsServeOnlyOnceActivated) {
  const auto staged = run_->Deploy(kModel, ShippedPackage(1), {.stage_only = true});
  ASSERT_TRUE(staged.ok()) << staged.status().ToString();
  EXPECT_EQ(staged->state, VersionState::kStaged);
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(LastEvent().action, "stage");
  const auto active = manager().Activate(kModel, 1, "test");
  ASSERT_TRUE(active.ok()) << active.status().ToString();
  EXPECT_EQ(active->state, VersionState::kActive);
  EXPECT_EQ(run_->Active(kModel), 1u);
}

TEST_F(ManagerTest, RollbackGoesBackAndActivateForward) {
  DeployTwo();
  const auto back = manager().Rollback(kModel, std::nullopt, "test");
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(back->version, 1u);
  EXPECT_EQ(run_->Active(kModel), 1u);
  EXPECT_EQ(LastEvent().action, "rollback");
  EXPECT_EQ(manager().Rollback(kModel, std::nullopt, "test").status().code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(manager().Activate(kModel, 2, "test").ok());
  EXPECT_EQ(run_->Active(kModel), 2u);
  EXPECT_TRUE(manager().Activate(kModel, 2, "test").ok());
  EXPECT_EQ(manager().Activate(kModel, 9, "test").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(manager().Activate("none", 1, "test").status().code(), StatusCode::kNotFound);
}

TEST_F(ManagerTest, AHeldVersionDrainsUntilItIsLetGo) {
  DeployTwo();
  auto held = *run_->map.Acquire(kModel, "");
  ASSERT_TRUE(manager().Rollback(kModel, std::nullopt, "test").ok());
  EXPECT_EQ(StateOf(2), VersionState::kDraining);
  EXPECT_EQ(held->version, 2u);
  held.reset();
  EXPECT_EQ(StateOf(2), VersionState::kRetired);
}

TEST_F(ManagerTest, RemoveTakesVersionsAndModels) {
  DeployTwo();
  EXPECT_EQ(manager().Remove(kModel, 2, "test").code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(manager().Remove(kModel, 1, "test").ok());
  EXPECT_FALSE(std::filesystem::exists(VersionDir(1)));
  EXPECT_EQ(manager().Remove(kModel, 1, "test").code(), StatusCode::kNotFound);
  ASSERT_TRUE(manager().Remove(kModel, std::nullopt, "test").ok());
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(manager().List().empty());
}

TEST_F(ManagerTest, ARestartResumesWhatWasActive) {
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

TEST_F(ManagerTest, ARottenModelFallsBackToThePreviousOneAndTheHistorySaysSo) {
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

TEST_F(ManagerTest, AFallbackThatCouldNotBeWrittenIsWrittenWhenItIsActivatedAndNotRemovedBefore) {
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

TEST_F(ManagerTest, WhenNothingLoadsThePointerStaysAndTheReasonIsShown) {
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

TEST_F(ManagerTest, AVersionThatNeedsTooMuchMemoryIsRefused) {
  Start({.max_model_memory_bytes = 1000});
  EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(1)).status().code(), StatusCode::kResourceExhausted);
  Start({.max_package_bytes = 1000});
  EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(1)).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(ManagerTest, RequestsRunTogetherWhereTheAnswersStayTheSame) {
  const auto text = [](const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  ManagerOptions options;
  options.models["rows"].batch.max_size = 4;
  options.models["sum"].batch.max_size = 4;
  std::vector<std::string> notices;  // of one thread, which the deploy waits for
  options.notice = [&](const std::string& version, const std::string& what) {
    notices.push_back(version + ": " + what);
  };
  Start(options);
  ASSERT_TRUE(run_->Deploy("rows", text(test::LookUpModel())).ok());
  ASSERT_TRUE(run_->Deploy("sum", text(test::RunningSumModel())).ok());
  ASSERT_TRUE(run_->Deploy("others", text(test::LookUpModel())).ok());
  EXPECT_NE((*run_->map.Acquire("rows", ""))->instance->batches(), nullptr);
  EXPECT_EQ((*run_->map.Acquire("sum", ""))->instance->batches(), nullptr);
  EXPECT_EQ((*run_->map.Acquire("others", ""))->instance->batches(), nullptr);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_THAT(notices[0], testing::StartsWith("sum/1: requests run without batches: in a batch of 2 output 'sum'"));
}

TEST_F(ManagerTest, OldVersionsGoAfterADeploy) {
  Start({.keep_versions = 1});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run_->Deploy(kModel, ShippedModelBytes(1)).ok());
  const auto status = manager().Get(kModel);
  ASSERT_EQ(status->versions.size(), 3u);
  EXPECT_EQ(status->versions[0].version, 3u);
  EXPECT_FALSE(std::filesystem::exists(VersionDir(2)));
  EXPECT_TRUE(std::filesystem::exists(VersionDir(3)));
}

TEST_F(ManagerTest, FailedDeploysDoNotPileUp) {
  Start({.keep_versions = 2});
  DeployTwo();
  for (int i = 0; i < 4; ++i) ASSERT_FALSE(run_->Deploy(kModel, ShippedPackage(3)).ok());
  const auto status = manager().Get(kModel);
  ASSERT_EQ(status->versions.size(), 4u);
  EXPECT_EQ(status->versions[2].version, 5u);
  EXPECT_EQ(run_->Active(kModel), 2u);
}

TEST_F(ManagerTest, AStateDirectoryHasOneDaemon) {
  ServingMap map;
  Scheduler scheduler(Executors(1));
  EXPECT_EQ(Manager::Create({.state_dir = StateDir()}, scheduler, map).status().code(),
            StatusCode::kFailedPrecondition);
}

TEST_F(ManagerTest, AnUnloadedModelIsOutOfServiceAndStaysInTheStore) {
  DeployTwo();
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(StateOf(2), VersionState::kRetired);
  EXPECT_EQ(manager().Get(kModel)->active, std::nullopt);
  EXPECT_EQ(manager().Get(kModel)->versions[1].reason, "unloaded");
  EXPECT_EQ(LastEvent().action, "unload");
  EXPECT_TRUE(manager().Unload(kModel, "test").ok()) << "it is out of service already";
  const auto loaded = manager().Load(kModel, "test");
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  EXPECT_EQ(loaded->version, 2u);
  EXPECT_EQ(loaded->state, VersionState::kActive);
  EXPECT_EQ(run_->Active(kModel), 2u);
  EXPECT_EQ(LastEvent().action, "load");
  EXPECT_EQ(manager().Get(kModel)->previous, 1u);
}

TEST_F(ManagerTest, WhatIsUnloadedServesAgainAfterARestartADeployOrARollback) {
  DeployTwo();
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  Start();
  manager().Resume();
  EXPECT_EQ(run_->Active(kModel), 2u);
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  ASSERT_TRUE(manager().Rollback(kModel, {}, "test").ok());
  EXPECT_EQ(run_->Active(kModel), 1u);
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  ASSERT_TRUE(run_->Deploy(kModel, ShippedPackage(2)).ok());
  EXPECT_EQ(run_->Active(kModel), 3u);
  EXPECT_EQ(StateOf(3), VersionState::kActive);
}

TEST_F(ManagerTest, LoadingNeedsAnActiveVersion) {
  EXPECT_EQ(manager().Load("nobody", "test").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(manager().Unload("nobody", "test").code(), StatusCode::kNotFound);
  DeployRequest stage;
  stage.stage_only = true;
  ASSERT_TRUE(run_->Deploy(kModel, ShippedPackage(1), stage).ok());
  EXPECT_EQ(manager().Load(kModel, "test").status().code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(manager().Unload(kModel, "test").ok());
}

}  // namespace
}  // namespace tfld::daemon
