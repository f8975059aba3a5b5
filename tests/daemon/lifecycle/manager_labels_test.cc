// Versions that requests name by a label.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/lifecycle/manager_test.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

class ManagerLabelsTest : public ManagerTest {};

TEST_F(ManagerLabelsTest, ALabelledVersionServesBesideTheActiveOne) {
  DeployTwo();
  const auto labelled = manager().SetLabel(kModel, "stable", 1, "test");
  ASSERT_TRUE(labelled.ok()) << labelled.status().ToString();
  EXPECT_EQ(labelled->state, VersionState::kLoaded);
  EXPECT_EQ(LastEvent().action, "label");
  EXPECT_EQ(LastEvent().reason, "stable");
  EXPECT_EQ((*run_->map.Acquire(kModel, "stable"))->version, 1u);
  EXPECT_EQ((*run_->map.Acquire(kModel, "1"))->version, 1u);
  EXPECT_EQ(run_->Active(kModel), 2u);
  EXPECT_EQ(manager().Get(kModel)->labels.at("stable"), 1u);
  EXPECT_EQ(manager().Remove(kModel, 1, "test").code(), StatusCode::kFailedPrecondition);
  const std::uint64_t both = manager().Get(kModel)->memory.arenas;

  ASSERT_TRUE(manager().RemoveLabel(kModel, "stable", "test").ok());
  EXPECT_EQ(LastEvent().action, "unlabel");
  EXPECT_EQ(StateOf(1), VersionState::kRetired);
  EXPECT_EQ(run_->map.Acquire(kModel, "1").status().code(), StatusCode::kNotFound);
  EXPECT_LT(manager().Get(kModel)->memory.arenas, both);
  EXPECT_EQ(manager().RemoveLabel(kModel, "stable", "test").code(), StatusCode::kNotFound);
}

TEST_F(ManagerLabelsTest, AVersionWithALabelIsLoadedOnceAndStaysWhenAnotherBecomesActive) {
  DeployTwo();
  const auto active = *run_->map.Acquire(kModel, "");
  ASSERT_TRUE(manager().SetLabel(kModel, "stable", 2, "test").ok());
  EXPECT_EQ(*run_->map.Acquire(kModel, "stable"), active);
  EXPECT_EQ(StateOf(2), VersionState::kActive);
  ASSERT_TRUE(manager().Rollback(kModel, std::nullopt, "test").ok());
  EXPECT_EQ(*run_->map.Acquire(kModel, "stable"), active);
  EXPECT_EQ(StateOf(2), VersionState::kLoaded);
  ASSERT_TRUE(manager().Activate(kModel, 2, "test").ok());
  EXPECT_EQ(*run_->map.Acquire(kModel, ""), active) << "it was loaded already";
}

TEST_F(ManagerLabelsTest, AStagedVersionCanServeByItsLabelAlone) {
  ASSERT_TRUE(run_->Deploy(kModel, ShippedPackage(1), {.stage_only = true}).ok());
  ASSERT_TRUE(manager().SetLabel(kModel, "canary", 1, "test").ok());
  EXPECT_EQ((*run_->map.Acquire(kModel, "canary"))->version, 1u);
  EXPECT_EQ(run_->map.Acquire(kModel, "").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(StateOf(1), VersionState::kLoaded);
  ASSERT_TRUE(manager().RemoveLabel(kModel, "canary", "test").ok());
  EXPECT_EQ(StateOf(1), VersionState::kStaged);
}

TEST_F(ManagerLabelsTest, ALabelThatCannotBeSetStaysWhereItWas) {
  DeployTwo();
  ASSERT_TRUE(manager().SetLabel(kModel, "canary", 1, "test").ok());
  ASSERT_TRUE(run_->Deploy(kModel, ShippedPackage(3), {.stage_only = true}).ok());
  const Status refused = manager().SetLabel(kModel, "canary", 3, "test").status();
  EXPECT_THAT(std::string(refused.message()), HasSubstr("golden test"));
  EXPECT_EQ((*run_->map.Acquire(kModel, "canary"))->version, 1u);
  EXPECT_FALSE(LastEvent().ok);
  EXPECT_EQ(LastEvent().action, "label");
  EXPECT_EQ(manager().SetLabel(kModel, "canary", 9, "test").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(manager().SetLabel(kModel, "1", 1, "test").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(manager().SetLabel("nobody", "canary", 1, "test").status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  EXPECT_EQ(manager().SetLabel(kModel, "other", 1, "test").status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ManagerLabelsTest, LabelsServeAgainAfterARestartAndAfterAnUnload) {
  DeployTwo();
  ASSERT_TRUE(manager().SetLabel(kModel, "stable", 1, "test").ok());
  ASSERT_TRUE(manager().SetLabel(kModel, "latest", 2, "test").ok());
  Start();
  EXPECT_EQ(run_->map.Acquire(kModel, "stable").status().code(), StatusCode::kUnavailable);
  const auto outcome = manager().Resume();
  ASSERT_EQ(outcome.size(), 1u) << "a model is resumed once";
  EXPECT_EQ((*run_->map.Acquire(kModel, "stable"))->version, 1u);
  EXPECT_EQ(*run_->map.Acquire(kModel, "latest"), *run_->map.Acquire(kModel, ""));

  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  EXPECT_EQ(run_->map.Acquire(kModel, "stable").status().code(), StatusCode::kUnavailable);
  ASSERT_TRUE(manager().Load(kModel, "test").ok());
  EXPECT_EQ((*run_->map.Acquire(kModel, "stable"))->version, 1u);
  ASSERT_TRUE(manager().Unload(kModel, "test").ok());
  ASSERT_TRUE(run_->Deploy(kModel, ShippedPackage(2)).ok());
  EXPECT_EQ((*run_->map.Acquire(kModel, "stable"))->version, 1u);
  EXPECT_EQ((*run_->map.Acquire(kModel, "latest"))->version, 2u);
}

TEST_F(ManagerLabelsTest, ALabelledVersionThatIsRottenFailsAndItsLabelsGo) {
  DeployTwo();
  ASSERT_TRUE(manager().SetLabel(kModel, "older", 1, "test").ok());
  ASSERT_TRUE(manager().SetLabel(kModel, "stable", 1, "test").ok());
  const auto model = VersionDir(1) / "model.tflite";
  ASSERT_TRUE(RemoveTree(SystemFileSystem(), model.string()).ok());
  ASSERT_TRUE(WriteNewFile(SystemFileSystem(), model.string(), AsBytes("rot")).ok());
  Start();
  const auto outcome = manager().Resume();
  ASSERT_EQ(outcome.size(), 2u);
  EXPECT_TRUE(outcome[0].ok);
  EXPECT_FALSE(outcome[1].ok);
  EXPECT_EQ(outcome[1].action, "label");
  EXPECT_EQ(run_->Active(kModel), 2u);
  EXPECT_EQ(StateOf(1), VersionState::kFailed);
  EXPECT_TRUE(manager().Get(kModel)->labels.empty());
  EXPECT_EQ(run_->map.Acquire(kModel, "stable").status().code(), StatusCode::kNotFound);
}

TEST_F(ManagerLabelsTest, LabelledVersionsOutliveTheVacuum) {
  Start({.keep_versions = 0});
  ASSERT_TRUE(run_->Deploy(kModel, ShippedModelBytes(1)).ok());
  ASSERT_TRUE(manager().SetLabel(kModel, "first", 1, "test").ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run_->Deploy(kModel, ShippedModelBytes(1)).ok());
  EXPECT_EQ(manager().Get(kModel)->versions.size(), 3u);
  EXPECT_EQ((*run_->map.Acquire(kModel, "first"))->version, 1u);
}

}  // namespace
}  // namespace tfld::daemon
