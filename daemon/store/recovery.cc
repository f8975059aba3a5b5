#include "daemon/store/recovery.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "daemon/store/manifest.h"
#include "daemon/store/names.h"
#include "daemon/store/state_file.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr char kActor[] = "tfld";
constexpr char kAction[] = "recover";

std::optional<std::uint64_t> VersionOfDirectory(const DirectoryEntry& entry) {
  std::uint64_t version = 0;
  const char* end = entry.name.data() + entry.name.size();
  const auto [parsed, error] = std::from_chars(entry.name.data(), end, version);
  const bool number = error == std::errc() && parsed == end && std::to_string(version) == entry.name;
  return entry.is_directory && number && version > 0 ? std::optional(version) : std::nullopt;
}

// Recovers one model; the state is rewritten only when something has changed.
class ModelRecovery {
 public:
  ModelRecovery(FileSystem& files, const Layout& layout, std::string name, std::int64_t now)
      : files_(files), layout_(layout), name_(std::move(name)), directory_(layout.Model(name_)), now_(now) {}

  // Nothing when the model was never complete, and is gone now.
  Result<std::optional<ModelState>> Run() {
    auto state = ReadStateFile(files_, directory_);
    const StatusCode code = state.status().code();
    const bool absent = code == StatusCode::kNotFound;
    const bool rotten = code == StatusCode::kDataLoss || code == StatusCode::kInvalidArgument;
    if (absent && !files_.Open(SetAside()).ok()) {
      TFLD_RETURN_IF_ERROR(RemoveTree(files_, directory_));
      return std::optional<ModelState>();
    }
    if (!state.ok() && !absent && !rotten) return state.status();
    TFLD_RETURN_IF_ERROR(FindVersions());
    if (state.ok()) {
      state_ = *std::move(state);
    } else {
      // One that is set aside and has no successor: the last start ended before it had written that.
      if (rotten) TFLD_RETURN_IF_ERROR(files_.Rename(directory_ + "/state", SetAside()));
      Rebuild(state.status());
    }
    TFLD_RETURN_IF_ERROR(RemoveTree(files_, directory_ + "/state.new"));
    // What was read may have been renamed and not synced when the daemon was killed; it is relied on from now on.
    TFLD_RETURN_IF_ERROR(files_.SyncDirectory(directory_));
    FailWhatIsNotComplete();
    if (changed_) {
      ++state_.generation;
      TFLD_RETURN_IF_ERROR(WriteStateFile(files_, directory_, state_));
    }
    TFLD_RETURN_IF_ERROR(RemoveStrayDirectories());
    return std::optional(std::move(state_));
  }

 private:
  Status FindVersions() {
    auto entries = files_.List(layout_.Versions(name_));
    if (entries.status().code() == StatusCode::kNotFound) return {};
    if (!entries.ok()) return entries.status();
    for (const DirectoryEntry& entry : *entries) {
      if (const auto version = VersionOfDirectory(entry)) {
        found_.insert(*version);
      } else {
        strays_.push_back(entry.name);
      }
    }
    return {};
  }

  // Where a state that cannot be read is kept, for whoever wants to know.
  std::string SetAside() const { return directory_ + "/state.rotten"; }

  void Rebuild(const Status& reason) {
    state_.name = name_;
    for (const std::uint64_t version : found_) {
      if (auto record = RecordFromManifest(version)) state_.Put(*std::move(record));
      state_.highest_version = version;
    }
    AddEvent(0, StrCat("the state was made anew from the versions, none is active: ", reason.message()));
  }

  std::optional<VersionRecord> RecordFromManifest(std::uint64_t version) {
    const auto text =
        ReadFile(files_, StrCat(layout_.Version(name_, version), "/", kStoredManifestFile), kMaxManifestBytes);
    if (!text.ok()) return std::nullopt;
    const auto manifest = ParseManifest(*text);
    if (!manifest.ok() || !manifest->files.contains(kStoredModelFile)) return std::nullopt;
    const FileDigest& model = manifest->files.at(kStoredModelFile);
    return VersionRecord{version, StoredState::kStaged, model.sha256, model.size, Sha256Of(AsBytes(*text)), "", now_};
  }

  void FailWhatIsNotComplete() {
    for (VersionRecord& record : state_.versions) {
      if (record.state == StoredState::kWarming) Fail(record, "the daemon ended before the version served");
      if (record.state == StoredState::kStaged || record.state == StoredState::kRetired) {
        if (!found_.contains(record.version)) Fail(record, "its files are missing");
      }
    }
    const auto lost = [this](std::uint64_t version) {
      const VersionRecord* record = state_.Find(version);
      return record == nullptr || record->state == StoredState::kFailed;
    };
    if (std::erase_if(state_.lineage, lost) > 0) changed_ = true;
    if (std::erase_if(state_.labels, [&](const auto& label) { return lost(label.second); }) > 0) changed_ = true;
  }

  void Fail(VersionRecord& record, const std::string& reason) {
    record.state = StoredState::kFailed;
    record.reason = reason;
    AddEvent(record.version, reason);
  }

  void AddEvent(std::uint64_t version, std::string reason) {
    state_.events.Append({now_, kAction, version, false, std::move(reason), kActor});
    changed_ = true;
  }

  Status RemoveStrayDirectories() {
    for (const std::uint64_t version : found_) {
      const VersionRecord* record = state_.Find(version);
      if (record == nullptr || record->state == StoredState::kFailed) strays_.push_back(std::to_string(version));
    }
    for (const std::string& stray : strays_) {
      TFLD_RETURN_IF_ERROR(RemoveTree(files_, StrCat(layout_.Versions(name_), "/", stray)));
    }
    return {};
  }

  FileSystem& files_;
  const Layout& layout_;
  const std::string name_;
  const std::string directory_;
  const std::int64_t now_;
  ModelState state_;
  std::set<std::uint64_t> found_;
  std::vector<std::string> strays_;
  bool changed_ = false;
};

Status EmptyDirectory(FileSystem& files, const std::string& path) {
  TFLD_ASSIGN_OR_RETURN(const auto entries, files.List(path));
  for (const DirectoryEntry& entry : entries) TFLD_RETURN_IF_ERROR(RemoveTree(files, StrCat(path, "/", entry.name)));
  return {};
}

}  // namespace

Result<std::map<std::string, ModelState>> RecoverModels(FileSystem& files, const Layout& layout, std::int64_t now) {
  TFLD_RETURN_IF_ERROR(EmptyDirectory(files, layout.Incoming()));
  TFLD_ASSIGN_OR_RETURN(const auto entries, files.List(layout.Models()));
  std::map<std::string, ModelState> models;
  for (const DirectoryEntry& entry : entries) {
    if (!entry.is_directory || !CheckModelName(entry.name).ok()) continue;  // not ours: nothing of ours has such a name
    auto state = ModelRecovery(files, layout, entry.name, now).Run();
    if (!state.ok()) return state.status().WithContext(StrCat("recovery of ", entry.name));
    if (state->has_value()) models.emplace(entry.name, *std::move(*state));
  }
  return models;
}

}  // namespace tfld::daemon
