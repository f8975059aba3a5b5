#include "daemon/lifecycle/policy.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

using Numbers = std::vector<std::uint64_t>;

// Versions 1 to `count`, deployed one after the other.
ModelState Deployed(std::uint64_t count) {
  ModelState state;
  state.name = "kws";
  for (std::uint64_t version = 1; version <= count; ++version) {
    VersionRecord record;
    record.version = version;
    state.Put(record);
    state.highest_version = version;
    state = AfterActivation(std::move(state), version);
  }
  return state;
}

StoredState StateOf(const ModelState& state, std::uint64_t version) { return state.Find(version)->state; }

TEST(Policy, NumbersCountOnAndNeverComeBack) {
  EXPECT_EQ(*NumberForDeploy(Deployed(0), std::nullopt), 1u);
  ModelState state = Deployed(3);
  EXPECT_EQ(*NumberForDeploy(state, std::nullopt), 4u);
  EXPECT_EQ(*NumberForDeploy(state, 17), 17u);
  EXPECT_EQ(NumberForDeploy(state, 2).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(NumberForDeploy(state, 0).status().code(), StatusCode::kInvalidArgument);
  state.Erase(3);
  EXPECT_EQ(*NumberForDeploy(state, std::nullopt), 4u);
}

TEST(Policy, NumbersComeToAnEnd) {
  constexpr std::uint64_t kLast = 9'223'372'036'854'775'807U;
  ModelState state = Deployed(1);
  EXPECT_EQ(NumberForDeploy(state, kLast + 1).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(NumberForDeploy(state, UINT64_MAX).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(*NumberForDeploy(state, kLast), kLast);
  state.highest_version = kLast;
  EXPECT_EQ(NumberForDeploy(state, std::nullopt).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(*NumberForDeploy(state, 5), 5u);
}

TEST(Policy, AVersionWhoseDeployDidNotEndIsNotLoaded) {
  ModelState state = Deployed(2);
  state.Find(2)->state = StoredState::kWarming;
  EXPECT_EQ(CheckLoadable(state, 2).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(CheckLabel(state, "stable", 2).code(), StatusCode::kFailedPrecondition);
}

TEST(Policy, TheNumberOfAFailedVersionMayBeUsedAgain) {
  const ModelState state = AfterFailure(Deployed(3), 2, "golden test");
  EXPECT_EQ(*NumberForDeploy(state, 2), 2u);
  const Status loadable = CheckLoadable(state, 2);
  EXPECT_EQ(loadable.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(loadable.message().find("golden test"), std::string::npos);
  EXPECT_EQ(CheckLoadable(state, 9).code(), StatusCode::kNotFound);
}

TEST(Policy, AnActivationRetiresWhatWasActive) {
  const ModelState state = Deployed(2);
  EXPECT_EQ(state.active(), 2u);
  EXPECT_EQ(state.previous(), 1u);
  EXPECT_EQ(StateOf(state, 2), StoredState::kActive);
  EXPECT_EQ(StateOf(state, 1), StoredState::kRetired);
  const ModelState back = AfterActivation(state, 1);
  EXPECT_EQ(back.lineage, (Numbers{2, 1}));
  EXPECT_EQ(StateOf(back, 2), StoredState::kRetired);
}

TEST(Policy, RollingBackTwiceGoesBackTwice) {
  ModelState state = Deployed(3);
  EXPECT_EQ(*RollbackTarget(state, std::nullopt), 2u);
  state = AfterRollback(std::move(state), 2);
  EXPECT_EQ(*RollbackTarget(state, std::nullopt), 1u);
  state = AfterRollback(std::move(state), 1);
  EXPECT_EQ(RollbackTarget(state, std::nullopt).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(state.active(), 1u);
  EXPECT_EQ(StateOf(state, 3), StoredState::kRetired);
}

TEST(Policy, ARollbackNeverLeadsBackToWhatWasRolledBackFrom) {
  ModelState state = AfterRollback(Deployed(3), 2);
  VersionRecord record;
  record.version = 4;
  state.Put(record);
  state = AfterActivation(std::move(state), 4);
  EXPECT_EQ(*RollbackTarget(state, std::nullopt), 2u);
}

TEST(Policy, ARollbackToAVersionThatIsNotInTheLineageLeavesTheOthersBefore) {
  ModelState state = AfterRollback(Deployed(3), 2);
  ASSERT_EQ(*RollbackTarget(state, 3), 3u);
  state = AfterRollback(std::move(state), 3);
  EXPECT_EQ(state.lineage, (Numbers{1, 3}));
}

TEST(Policy, WhatARollbackCannotDo) {
  EXPECT_EQ(RollbackTarget(Deployed(0), std::nullopt).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(RollbackTarget(Deployed(1), std::nullopt).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(RollbackTarget(Deployed(2), 2).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(RollbackTarget(Deployed(2), 5).status().code(), StatusCode::kNotFound);
}

TEST(Policy, AFailureLeavesTheLineage) {
  const ModelState state = AfterFailure(Deployed(3), 3, "rot");
  EXPECT_EQ(state.active(), 2u);
  EXPECT_EQ(StateOf(state, 3), StoredState::kFailed);
}

TEST(Policy, TheActiveVersionIsNotRemovable) {
  EXPECT_EQ(CheckRemovable(Deployed(2), 2).code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(CheckRemovable(Deployed(2), 1).ok());
  EXPECT_EQ(CheckRemovable(Deployed(2), 3).code(), StatusCode::kNotFound);
}

TEST(Policy, ResumeTriesTheActiveOneAndThenGoesBack) {
  EXPECT_EQ(ResumeOrder(Deployed(3)), (Numbers{3, 2, 1}));
  EXPECT_EQ(ResumeOrder(AfterRollback(Deployed(3), 2)), (Numbers{2, 1}));
}

TEST(Policy, ARollbackToTheActiveVersionChangesNothing) { EXPECT_EQ(AfterRollback(Deployed(3), 3), Deployed(3)); }

TEST(Policy, VacuumKeepsTheActiveThePreviousAndTheNewest) {
  EXPECT_EQ(VersionsToVacuum(Deployed(5), 10), Numbers{});
  EXPECT_EQ(VersionsToVacuum(Deployed(5), 1), (Numbers{2, 1}));
  ModelState state = AfterRollback(Deployed(5), 1);
  EXPECT_EQ(VersionsToVacuum(state, 0), (Numbers{5, 4, 3, 2}));
  state = AfterFailure(Deployed(5), 2, "x");
  EXPECT_EQ(VersionsToVacuum(state, 1), (Numbers{1}));
}

TEST(Policy, LabelsAreNoNumbersAndSoMany) {
  ModelState state = Deployed(2);
  for (const char* wrong : {"", "1", "1st", "-x", "a b", "a/b", "\xc3\xa4"}) {
    EXPECT_EQ(CheckLabel(state, wrong, 1).code(), StatusCode::kInvalidArgument) << wrong;
  }
  EXPECT_EQ(CheckLabel(state, std::string(65, 'x'), 1).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckLabel(state, "stable", 9).code(), StatusCode::kNotFound);
  for (int i = 0; i < 64; ++i) {
    const std::string label = "v" + std::to_string(i);
    ASSERT_TRUE(CheckLabel(state, label, 1).ok());
    state.labels[label] = 1;
  }
  EXPECT_EQ(CheckLabel(state, "more", 1).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(CheckLabel(state, "v0", 2).ok());
  EXPECT_EQ(CheckLabel(AfterFailure(state, 2, "rot"), "v0", 2).code(), StatusCode::kFailedPrecondition);
}

TEST(Policy, ALabelKeepsItsVersionUntilItFails) {
  ModelState state = Deployed(5);
  state.labels = {{"stable", 1}, {"older", 1}, {"now", 5}};
  EXPECT_EQ(CheckRemovable(state, 1).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(VersionsToVacuum(state, 0), (Numbers{3, 2}));
  EXPECT_EQ(AfterRollback(state, 4).labels, state.labels);
  const ModelState failed = AfterFailure(state, 1, "rot");
  ASSERT_EQ(failed.labels.size(), 1u);
  EXPECT_EQ(failed.labels.begin()->first, "now");
}

}  // namespace
}  // namespace tfld::daemon
