// Steps of a deploy as the lifecycle takes them, on a store of fake models.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "daemon/store/store.h"
#include "tests/daemon/store/package_builder.h"

namespace tfld::daemon {

inline constexpr char kStateDir[] = "/state";

inline Result<std::unique_ptr<Store>> OpenStore(FileSystem& files) {
  return Store::Open(files, {.state_dir = kStateDir, .max_package_bytes = 1 << 20});
}

inline std::string PackageOfVersion(std::uint64_t version) {
  return BuildPackage({{"model.tflite", FakeModel(std::to_string(version))},
                       {"manifest.json", R"({"format": 1, "labels": ["a"]})"},
                       {"golden/golden.json", "{}"}});
}

inline ModelState StateOf(const Store& store, const std::string& name) {
  auto state = store.Get(name);
  if (state.ok()) return *std::move(state);
  ModelState fresh;
  fresh.name = name;
  return fresh;
}

// Received, verified, staged as `state`.
inline Status StageBytes(Store& store, const std::string& name, std::uint64_t version, const std::string& bytes,
                         StoredState state = StoredState::kStaged) {
  TFLD_ASSIGN_OR_RETURN(const auto incoming, store.Receive(bytes.size(), Sha256Of(AsBytes(bytes))));
  const auto all = AsBytes(bytes);
  TFLD_RETURN_IF_ERROR(incoming->Write(all.first(all.size() / 2)));
  TFLD_RETURN_IF_ERROR(incoming->Write(all.subspan(all.size() / 2)));
  VersionRecord record;
  record.version = version;
  record.state = state;
  TFLD_ASSIGN_OR_RETURN(const StoredVersion prepared, store.Prepare(*incoming, name, record));
  ModelState next = StateOf(store, name);
  next.Put(prepared.record);
  next.highest_version = std::max(next.highest_version, version);
  return store.Stage(*incoming, version, next);
}

inline Status MakeActive(Store& store, const std::string& name, std::uint64_t version) {
  ModelState next = StateOf(store, name);
  for (VersionRecord& record : next.versions) {
    if (record.state == StoredState::kActive) record.state = StoredState::kRetired;
  }
  if (next.Find(version) == nullptr) return NotFound("version");
  next.Find(version)->state = StoredState::kActive;
  std::erase(next.lineage, version);
  next.lineage.push_back(version);
  return store.Write(next);
}

inline Status Deploy(Store& store, const std::string& name, std::uint64_t version) {
  TFLD_RETURN_IF_ERROR(StageBytes(store, name, version, PackageOfVersion(version), StoredState::kWarming));
  return MakeActive(store, name, version);
}

inline Status RemoveVersion(Store& store, const std::string& name, std::uint64_t version) {
  ModelState next = StateOf(store, name);
  next.Erase(version);
  TFLD_RETURN_IF_ERROR(store.Write(next));
  return store.RemoveFiles(name, version);
}

}  // namespace tfld::daemon
