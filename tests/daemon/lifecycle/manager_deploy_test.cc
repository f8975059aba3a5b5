// Uploads and deploys: what becomes a version that serves, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/lifecycle/manager.h"
#include "tests/daemon/lifecycle/manager_test.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/engine/metadata/labelled_model.h"

namespace tfld::daemon {
namespace {

using testing::HasSubstr;

class ManagerDeployTest : public ManagerTest {};

TEST_F(ManagerDeployTest, LabelsThatTheModelBringsAreServed) {
  const auto text = [](const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const auto zip = test::ZipBytes("zip:compression=deflate");
  ASSERT_TRUE(run_->Deploy(kModel, text(test::LabelledModel(test::MetadataBytes(), zip))).ok());
  EXPECT_EQ((*run_->map.Acquire(kModel, ""))->class_labels, (std::vector<std::string>{"apple", "2 pears", "", "plum"}));
  ASSERT_TRUE(run_->Deploy(kModel, text(test::LabelledModel(test::MetadataBytes(), {}))).ok());
  EXPECT_TRUE((*run_->map.Acquire(kModel, ""))->class_labels.empty());
}

TEST_F(ManagerDeployTest, ADeployGoesTheWholeWayAndServes) {
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

TEST_F(ManagerDeployTest, ARawModelDeploysAsWellAndTheSameBytesAreANewVersion) {
  ASSERT_TRUE(run_->Deploy(kModel, ShippedModelBytes(1)).ok());
  const auto again = run_->Deploy(kModel, ShippedModelBytes(1));
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ(again->version, 2u);
  EXPECT_EQ(run_->Active(kModel), 2u);
  const auto taken = run_->Deploy(kModel, ShippedModelBytes(1), {.version = 1});
  EXPECT_EQ(taken.status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(run_->Deploy(kModel, ShippedModelBytes(1), {.version = 17})->version, 17u);
}

TEST_F(ManagerDeployTest, AVersionThatFailsItsGoldenTestIsRefusedAndTheOldOneServesOn) {
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

TEST_F(ManagerDeployTest, WhatIsNoModelChangesNothingButTheHistory) {
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

TEST_F(ManagerDeployTest, AWrongDigestIsRefused) {
  const std::string model = ShippedModelBytes(1);
  DeployRequest request{.model = kModel, .size = model.size(), .sha256 = std::string(64, '0')};
  auto upload = manager().BeginDeploy(request);
  ASSERT_TRUE(upload.ok());
  ASSERT_TRUE((*upload)->Write(AsBytes(model)).ok());
  EXPECT_EQ((*upload)->Finish({}).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ((*upload)->Write(AsBytes(model)).code(), StatusCode::kFailedPrecondition);
  EXPECT_FALSE((*upload)->Finish({}).ok());
}

TEST_F(ManagerDeployTest, AnUploadThatIsLetGoLeavesNoTrace) {
  const std::string model = ShippedModelBytes(1);
  {
    auto upload = manager().BeginDeploy({.model = kModel, .size = model.size(), .sha256 = Sha256Of(AsBytes(model))});
    ASSERT_TRUE(upload.ok());
    ASSERT_TRUE((*upload)->Write(AsBytes(model).first(100)).ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "state/incoming"));
  EXPECT_TRUE(manager().List().empty());
}

TEST_F(ManagerDeployTest, AnUploadOfMoreThanWasAnnouncedEndsAndStandsInTheHistory) {
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

TEST_F(ManagerDeployTest, UploadsAreBounded) {
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

TEST_F(ManagerDeployTest, NamesAreChecked) {
  EXPECT_EQ(run_->Deploy("../x", ShippedModelBytes(1)).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(ManagerDeployTest, AVersionThatNeedsTooMuchMemoryIsRefused) {
  Start({.max_model_memory_bytes = 1000});
  EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(1)).status().code(), StatusCode::kResourceExhausted);
  Start({.max_package_bytes = 1000});
  EXPECT_EQ(run_->Deploy(kModel, ShippedPackage(1)).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(ManagerDeployTest, RequestsRunTogetherWhereTheAnswersStayTheSame) {
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

}  // namespace
}  // namespace tfld::daemon
