#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "daemon/app/directories.h"
#include "daemon/app/room_options.h"
#include "daemon/app/stall_detector.h"
#include "daemon/scheduler/affinity.h"
#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

SteadyTime At(int ms) { return SteadyTime{} + std::chrono::hours(1) + milliseconds(ms); }

SchedulerStats Stats(std::size_t queued, int busy, std::uint64_t finished) {
  SchedulerStats stats;
  stats.queued = queued;
  stats.busy = busy;
  stats.finished = finished;
  return stats;
}

TEST(StallDetector, IdleIsHealthy) {
  StallDetector detector(milliseconds(100));
  EXPECT_TRUE(detector.Healthy(Stats(0, 0, 0), At(0)));
  EXPECT_TRUE(detector.Healthy(Stats(0, 0, 0), At(100'000)));
}

TEST(StallDetector, WorkThatEndsIsHealthy) {
  StallDetector detector(milliseconds(100));
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(detector.Healthy(Stats(5, 2, static_cast<std::uint64_t>(i)), At(i * 90)));
  }
}

TEST(StallDetector, WorkThatDoesNotEndIsNot) {
  StallDetector detector(milliseconds(100));
  EXPECT_TRUE(detector.Healthy(Stats(1, 1, 7), At(0)));
  EXPECT_TRUE(detector.Healthy(Stats(1, 1, 7), At(100)));
  EXPECT_FALSE(detector.Healthy(Stats(1, 1, 7), At(101)));
  EXPECT_TRUE(detector.Healthy(Stats(1, 1, 8), At(102)));
}

TEST(StallDetector, AnExecutorThatHangsIsSeenWhileOthersWork) {
  StallDetector detector(milliseconds(100));
  SchedulerStats stats = Stats(1, 2, 7);
  stats.oldest_start = At(0);
  EXPECT_TRUE(detector.Healthy(stats, At(100)));
  stats.finished = 8;
  EXPECT_FALSE(detector.Healthy(stats, At(101)));
  stats.oldest_start = At(101);
  EXPECT_TRUE(detector.Healthy(stats, At(102)));
}

TEST(RoomOptions, LimitsOfInferenceDoNotLockAdministratorsOut) {
  Settings settings;
  settings.connections.max_total = 1;
  settings.limits.max_connections = 1;
  settings.users.push_back({0, settings.limits});
  EXPECT_EQ(InferenceServerOptionsOf(settings).accept.max_connections_per_user, 1U);
  const AcceptLimits admin = AdminServerOptionsOf(settings).accept;
  EXPECT_EQ(admin.max_connections_per_user, 64U);
  EXPECT_GT(admin.max_connections, admin.max_connections_per_user);
  EXPECT_TRUE(admin.users.empty());
}

TEST(RoomOptions, AnAffinityThatTheMachineDoesNotHaveIsNamed) {
  Settings settings;
  settings.inference.affinity = {UsableProcessorSet()};
  EXPECT_TRUE(CheckAffinity(settings).ok());
  settings.inference.affinity.emplace_back("1023");
  const Status status = CheckAffinity(settings);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("inference.affinity has \"1023\""), HasSubstr(UsableProcessorSet())));
}

TEST(Directories, AreMadeWithTheirPermissions) {
  const test::TempDir dir;
  Settings settings;
  settings.state_dir = dir.path().string() + "/a/state";
  settings.runtime_dir = dir.path().string() + "/run";
  ASSERT_TRUE(MakeDirectories(settings).ok());
  ASSERT_TRUE(MakeDirectories(settings).ok());
  struct stat info {};
  ASSERT_EQ(::stat(settings.state_dir.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST(Directories, TheRuntimeDirectoryIsOpenWhateverTheUmask) {
  const test::TempDir dir;
  Settings settings;
  settings.state_dir = dir / "state";
  settings.runtime_dir = dir / "run";
  const mode_t before = ::umask(0077);
  EXPECT_TRUE(MakeDirectories(settings).ok());
  ::umask(before);
  struct stat info {};
  ASSERT_EQ(::stat(settings.runtime_dir.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0755U);
}

TEST(Directories, ARuntimeDirectoryOfSomebodyElseIsRefused) {
  const test::TempDir dir;
  Settings settings;
  settings.state_dir = dir / "state";
  settings.runtime_dir = dir / "run";
  ASSERT_TRUE(MakeDirectories(settings).ok());
  ASSERT_EQ(::chmod(settings.runtime_dir.c_str(), 01777), 0);
  const Status status = MakeDirectories(settings);
  EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(settings.runtime_dir), HasSubstr("mode 41777")));
  ASSERT_EQ(::chmod(settings.runtime_dir.c_str(), 0755), 0);
  ASSERT_EQ(::symlink("run", (dir / "link").c_str()), 0);
  settings.runtime_dir = dir / "link";
  EXPECT_EQ(MakeDirectories(settings).code(), StatusCode::kPermissionDenied);
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  settings.runtime_dir = dir / "run";
  ASSERT_EQ(::chown(settings.runtime_dir.c_str(), 4711, 4711), 0);
  EXPECT_EQ(MakeDirectories(settings).code(), StatusCode::kPermissionDenied);
}

TEST(Directories, AFileInTheWayIsNamed) {
  const test::TempDir dir;
  Settings settings;
  settings.state_dir = dir.path().string() + "/file";
  settings.runtime_dir = dir.path().string() + "/run";
  std::ofstream(settings.state_dir) << "x";
  const Status status = MakeDirectories(settings);
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(settings.state_dir), std::string_view::npos);
}

}  // namespace
}  // namespace tfld::daemon
