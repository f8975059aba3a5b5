// The daemon is killed, or the disk fails, before any change that a deploy, an activation, a rollback or a label makes
// on disk: the old or the new version serves there after a restart, never neither.
#include <gtest/gtest.h>

#include <functional>

#include "engine/base/str_cat.h"
#include "tests/daemon/lifecycle/manager_fixture.h"
#include "tests/daemon/store/faulty_file_system.h"

namespace tfld::daemon {
namespace {

constexpr char kModel[] = "bearing";

struct Change {
  const char* name;
  const char* of;      // what requests name: nothing for the active version, or a label
  std::uint64_t goal;  // serves there when it has happened; 2 did before
  std::function<Status(RunningManager&)> run;
};

class ManagerCrashTest : public testing::TestWithParam<Change> {
 protected:
  // A state directory with versions 1, 2 (active, and with a label) and 3 (staged), made once and copied for each case.
  static void SetUpTestSuite() {
    prepared_ = std::make_unique<test::TempDir>();
    RunningManager run(prepared_->path() / "state");
    ASSERT_TRUE(run.status.ok()) << run.status.ToString();
    ASSERT_TRUE(run.Deploy(kModel, ShippedModelBytes(1)).ok());
    ASSERT_TRUE(run.Deploy(kModel, ShippedPackage(2)).ok());
    ASSERT_TRUE(run.Deploy(kModel, ShippedModelBytes(1), {.stage_only = true}).ok());
    ASSERT_TRUE(run.manager->SetLabel(kModel, "stable", 2, "test").ok());
  }

  // Runs the change with a fault before the operation `index` of its own, and returns false when it has fewer.
  bool RunWithFault(int index, const std::function<void(FaultyFileSystem&, int)>& set_fault, bool restarts) {
    const test::TempDir directory;
    const std::string state_dir = (directory / "state").string();
    std::filesystem::copy(prepared_->path() / "state", state_dir, std::filesystem::copy_options::recursive);
    bool acknowledged = false, reached = false;
    {
      FaultyFileSystem faulty(SystemFileSystem());
      RunningManager run(state_dir, faulty);
      run.manager->Resume();
      const int start = faulty.count();
      set_fault(faulty, start + index);
      acknowledged = GetParam().run(run).ok();
      reached = faulty.count() > start + index;
      if (restarts) {
        EXPECT_TRUE(run.Serves(kModel, GetParam().of) == 2 || run.Serves(kModel, GetParam().of) == GetParam().goal);
      } else {
        EXPECT_EQ(run.Serves(kModel, GetParam().of), acknowledged ? GetParam().goal : 2u) << "operation " << index;
      }
    }
    RunningManager after(state_dir);
    EXPECT_TRUE(after.status.ok()) << after.status.ToString();
    for (const HistoryEvent& event : after.manager->Resume()) EXPECT_TRUE(event.ok) << event.reason;
    const std::uint64_t serves = after.Serves(kModel, GetParam().of);
    if (acknowledged) {
      EXPECT_EQ(serves, GetParam().goal) << "operation " << index;
    } else {
      EXPECT_TRUE(serves == 2 || (restarts && serves == GetParam().goal)) << serves << ", operation " << index;
    }
    return reached;
  }

  static void TearDownTestSuite() { prepared_.reset(); }

 private:
  static inline std::unique_ptr<test::TempDir> prepared_;
};

INSTANTIATE_TEST_SUITE_P(
    Changes, ManagerCrashTest,
    testing::Values(
        Change{"Deploy", "", 4, [](RunningManager& run) { return run.Deploy(kModel, ShippedModelBytes(2)).status(); }},
        Change{"Label", "stable", 3,
               [](RunningManager& run) { return run.manager->SetLabel(kModel, "stable", 3, "test").status(); }},
        Change{"Activate", "", 3,
               [](RunningManager& run) { return run.manager->Activate(kModel, 3, "test").status(); }},
        Change{"Rollback", "", 1,
               [](RunningManager& run) { return run.manager->Rollback(kModel, std::nullopt, "test").status(); }}),
    [](const auto& change) { return std::string(change.param.name); });

TEST_P(ManagerCrashTest, KilledBeforeAnyOperation) {
  int index = 0;
  while (RunWithFault(
      index, [](FaultyFileSystem& files, int at) { files.KillBefore(at); }, true))
    ++index;
  EXPECT_GT(index, 4);
}

TEST_P(ManagerCrashTest, AnyOperationFails) {
  int index = 0;
  while (RunWithFault(
      index, [](FaultyFileSystem& files, int at) { files.FailOnce(at, DataLoss("input/output error")); }, false)) {
    ++index;
  }
  EXPECT_GT(index, 4);
}

}  // namespace
}  // namespace tfld::daemon
