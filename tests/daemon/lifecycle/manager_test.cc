// Versions that are there: activated, rolled back, unloaded, removed.
#include <gtest/gtest.h>

#include "daemon/lifecycle/manager.h"
#include "tests/daemon/lifecycle/manager_test.h"

namespace tfld::daemon {
namespace {

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
