// A manager on a real directory, with the shipped models of packaging/models/bearing_fault.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "daemon/lifecycle/lifecycle.h"
#include "daemon/lifecycle/manager_impl.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "tests/daemon/store/package_builder.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_paths.h"

namespace tfld::daemon {

inline std::filesystem::path ShippedModel(int version) {
  return test::SourceDir() / "packaging/models/bearing_fault" / std::to_string(version);
}

inline std::string FileBytes(const std::filesystem::path& path) {
  auto text = ReadFile(SystemFileSystem(), path.string(), std::uint64_t{1} << 26);
  EXPECT_TRUE(text.ok()) << text.status().ToString();
  return text.ok() ? *text : std::string();
}

// The package of a shipped version, as `tfld-ctl package` makes it.
inline std::string ShippedPackage(int version) {
  std::vector<PackageEntry> entries;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ShippedModel(version))) {
    if (!entry.is_regular_file()) continue;
    const std::string path = std::filesystem::relative(entry.path(), ShippedModel(version)).string();
    entries.push_back({path, FileBytes(entry.path())});
  }
  return BuildPackage(entries);
}

inline std::string ShippedModelBytes(int version) { return FileBytes(ShippedModel(version) / "model.tflite"); }

inline SchedulerOptions Executors(int count) {
  SchedulerOptions options;
  options.executors = count;
  return options;
}

// Everything of one run of the daemon that a manager needs.
struct RunningManager {
  explicit RunningManager(const std::string& state_dir, FileSystem& files = SystemFileSystem(),
                          const ManagerOptions& given = {}) {
    ManagerOptions options = given;
    options.state_dir = state_dir;
    auto store = Store::Open(files, {.state_dir = state_dir, .max_package_bytes = options.max_package_bytes});
    status = store.status();
    if (!store.ok()) return;
    manager =
        std::make_unique<ManagerImpl>(std::make_unique<Lifecycle>(files, *std::move(store), scheduler, map, options));
  }

  Result<VersionStatus> Deploy(const std::string& model, const std::string& bytes, DeployRequest request = {},
                               const DeployProgress& progress = {}) {
    request.model = model;
    request.size = bytes.size();
    request.sha256 = Sha256Of(AsBytes(bytes));
    request.actor = "test";
    TFLD_ASSIGN_OR_RETURN(const auto upload, manager->BeginDeploy(request));
    TFLD_RETURN_IF_ERROR(upload->Write(AsBytes(bytes)));
    return upload->Finish(progress);
  }

  // What answers those who name `version`, a label or nothing; 0 when none does.
  std::uint64_t Serves(const std::string& model, const std::string& version) const {
    const auto served = map.Acquire(model, version);
    return served.ok() ? (*served)->version : 0;
  }
  std::uint64_t Active(const std::string& model) const { return Serves(model, ""); }

  Scheduler scheduler{Executors(2)};
  ServingMap map;
  Status status;
  std::unique_ptr<Manager> manager;
};

}  // namespace tfld::daemon
