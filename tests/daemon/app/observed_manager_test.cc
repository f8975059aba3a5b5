#include "daemon/app/observed_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/scheduler/request_stats.h"
#include "daemon/telemetry/log.h"
#include "engine/base/str_cat.h"
#include "tests/daemon/rpc/fake_manager.h"

namespace tfld::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Has resumed one model and not another; its disk is full.
class TestedManager : public test::FakeManager {
 public:
  std::vector<HistoryEvent> Resume() override {
    return {{100, "resume", 2, true, "", "tfld", "kws"}, {100, "resume", 7, false, "rotten", "tfld", "cam"}};
  }
  Result<std::unique_ptr<Upload>> BeginDeploy(const DeployRequest&) override {
    return std::unique_ptr<Upload>(new FailingUpload);
  }

 private:
  struct FailingUpload : Upload {
    Status Write(std::span<const std::byte>) override { return ResourceExhausted("no space left"); }
    Result<VersionStatus> Finish(const DeployProgress&) override { return Internal("nothing was written"); }
  };
};

class ObservedManagerTest : public testing::Test {
 protected:
  std::string Page() const { return metrics_.Render({}, MetricsFormat::kPrometheus); }
  std::vector<DaemonEvent> Events() const {
    std::vector<DaemonEvent> events;
    watcher_->Take(events, std::chrono::seconds(0));
    return events;
  }

  RequestStats stats_;
  Metrics metrics_{stats_};
  EventHub hub_;
  TraceSettings traces_;
  const std::shared_ptr<EventWatcher> watcher_ = *hub_.Watch();
  TestedManager* const tested_ = new TestedManager;
  const std::unique_ptr<Manager> manager_ = ObserveManager(std::unique_ptr<Manager>(tested_), metrics_, hub_, traces_);
};

TEST_F(ObservedManagerTest, ResumesAreCounted) {
  EXPECT_EQ(manager_->Resume().size(), 2u);
  EXPECT_THAT(Page(), HasSubstr(R"(tfld_lifecycle_changes_total{action="resume",model="kws",result="ok"} 1)"));
  EXPECT_THAT(Page(), HasSubstr(R"(tfld_lifecycle_changes_total{action="resume",model="cam",result="failed"} 1)"));
  const std::vector<DaemonEvent> events = Events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].kind, "resume");
  EXPECT_EQ(events[1].detail, "rotten");
}

TEST_F(ObservedManagerTest, AnUploadThatFailsIsReportedOnce) {
  auto upload = manager_->BeginDeploy({.model = "kws"});
  ASSERT_TRUE(upload.ok());
  EXPECT_FALSE((*upload)->Write({}).ok());
  upload->reset();
  EXPECT_THAT(Page(), HasSubstr(R"(tfld_lifecycle_changes_total{action="deploy",model="kws",result="failed"} 1)"));
  const std::vector<DaemonEvent> events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, "deploy");
  EXPECT_FALSE(events[0].ok);
  EXPECT_THAT(events[0].detail, HasSubstr("no space left"));
}

TEST_F(ObservedManagerTest, WhatIsNoNameOfAModelIsNoLabelAndIsCut) {
  const std::string name(100'000, 'x');
  tested_->outcome = NotFound(StrCat("model ", name, " is not in the store"));
  SetUpLog(LogLevel::kInfo, LogFormat::kText);
  testing::internal::CaptureStderr();
  EXPECT_FALSE(manager_->Activate(name, 1, "uid 7 pid 8").ok());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("activate refused model=xxx"));
  EXPECT_LT(log.size(), 2000u);
  EXPECT_THAT(Page(), HasSubstr(R"(tfld_lifecycle_changes_total{action="activate",model="",result="failed"} 1)"));
  EXPECT_THAT(Page(), Not(HasSubstr("xxx")));
  const std::vector<DaemonEvent> events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].model, name.substr(0, 64));
  EXPECT_LT(events[0].detail.size(), 2000u);
}

}  // namespace
}  // namespace tfld::daemon
