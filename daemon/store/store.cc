#include "daemon/store/store.h"

#include <ctime>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "daemon/store/names.h"
#include "daemon/store/recovery.h"
#include "daemon/store/state_file.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

// What is missing or cut is a loss here, whatever the file system calls it.
Status AsLoss(const Status& status) {
  if (status.code() != StatusCode::kNotFound && status.code() != StatusCode::kInvalidArgument) return status;
  return DataLoss(std::string(status.message()));
}

}  // namespace

Store::Store(FileSystem& files, const StoreOptions& options)
    : files_(files), options_(options), layout_{options.state_dir} {}

Result<std::unique_ptr<Store>> Store::Open(FileSystem& files, const StoreOptions& options) {
  std::unique_ptr<Store> store(new Store(files, options));
  const Layout& layout = store->layout_;
  TFLD_RETURN_IF_ERROR(EnsureDirectory(files, layout.root));
  TFLD_ASSIGN_OR_RETURN(store->lock_, files.Lock(layout.Lock()));
  TFLD_RETURN_IF_ERROR(EnsureDirectory(files, layout.Incoming()));
  TFLD_RETURN_IF_ERROR(EnsureDirectory(files, layout.Models()));
  TFLD_RETURN_IF_ERROR(files.SyncDirectory(layout.root));  // they may be there since a start that was killed
  TFLD_ASSIGN_OR_RETURN(store->models_, RecoverModels(files, layout, std::time(nullptr)));
  return store;
}

std::vector<std::string> Store::Names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, state] : models_) names.push_back(name);
  return names;
}

Result<ModelState> Store::Get(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(name);
  if (found == models_.end()) return NotFound(StrCat("model ", name, " is not in the store"));
  return found->second;
}

std::string Store::NextIncomingPath() { return StrCat(layout_.Incoming(), "/", next_incoming_++); }

Result<std::unique_ptr<Incoming>> Store::Receive(std::uint64_t size, const std::string& sha256) {
  if (size == 0) return InvalidArgument("a package of 0 bytes was announced");
  if (size > options_.max_package_bytes) {
    return ResourceExhausted(
        StrCat("a package of ", size, " bytes was announced, at most ", options_.max_package_bytes, " are allowed"));
  }
  if (!IsSha256(sha256)) return InvalidArgument("the announced sha256 is not 64 lower-case hexadecimal digits");
  return Incoming::Create(files_, NextIncomingPath(), size, sha256);
}

Result<StoredVersion> Store::Prepare(Incoming& incoming, const std::string& name, VersionRecord record) {
  TFLD_ASSIGN_OR_RETURN(Manifest manifest, incoming.Unpack({.max_unpacked_bytes = options_.max_package_bytes}));
  manifest.name = name;
  manifest.version = record.version;
  const FileDigest& model = manifest.files.at(kStoredModelFile);
  record.sha256 = model.sha256;
  record.size = model.size;
  const std::string text = EncodeManifest(manifest);
  record.manifest_sha256 = Sha256Of(AsBytes(text));
  const std::string directory = incoming.version_directory();
  TFLD_RETURN_IF_ERROR(WriteNewFile(files_, StrCat(directory, "/", kStoredManifestFile), AsBytes(text)));
  TFLD_RETURN_IF_ERROR(files_.SyncDirectory(directory));
  TFLD_ASSIGN_OR_RETURN(auto file, files_.Open(StrCat(directory, "/", kStoredModelFile)));
  return StoredVersion{std::move(record), std::move(manifest), directory, std::move(file)};
}

Status Store::Stage(const Incoming& incoming, std::uint64_t version, const ModelState& next) {
  const std::string directory = layout_.Version(next.name, version);
  const auto stage = [&]() -> Status {
    TFLD_RETURN_IF_ERROR(EnsureDirectory(files_, layout_.Model(next.name)));
    TFLD_RETURN_IF_ERROR(EnsureDirectory(files_, layout_.Versions(next.name)));
    TFLD_RETURN_IF_ERROR(RemoveTree(files_, directory));
    TFLD_RETURN_IF_ERROR(files_.Rename(incoming.version_directory(), directory));
    TFLD_RETURN_IF_ERROR(files_.SyncDirectory(layout_.Versions(next.name)));
    return Write(next);
  };
  const Status staged = stage();
  if (!staged.ok()) {
    const bool is_new = Get(next.name).status().code() == StatusCode::kNotFound;
    (void)RemoveTree(files_, is_new ? layout_.Model(next.name) : directory);  // what stays goes at the next start
  }
  return staged;
}

Status Store::Write(const ModelState& next) {
  const auto old = Get(next.name);
  return WriteOver(old.ok() ? &*old : nullptr, next);
}

Status Store::WriteOver(const ModelState* old, ModelState next) {
  next.generation = (old != nullptr ? old->generation : 0) + 1;
  const std::string directory = layout_.Model(next.name);
  if (const Status written = WriteStateFile(files_, directory, next); !written.ok()) {
    // The new file may be in place and not be durable: put the old one back, so that a restart agrees with what the
    // caller is told.
    if (old != nullptr) (void)WriteStateFile(files_, directory, *old);
    return written;
  }
  const std::lock_guard lock(mutex_);
  models_[next.name] = std::move(next);
  return {};
}

// Out of the way at once, and then removed at leisure; a crash leaves the rest to the next start, which removes what no
// state names, wherever it is.
Status Store::RemoveFiles(const std::string& name, std::uint64_t version) {
  const std::string gone = NextIncomingPath();
  const Status moved = files_.Rename(layout_.Version(name, version), gone);
  if (moved.code() == StatusCode::kNotFound) return {};
  TFLD_RETURN_IF_ERROR(moved);
  return RemoveTree(files_, gone);
}

Status Store::RemoveModel(const std::string& name) {
  TFLD_RETURN_IF_ERROR(Get(name).status());
  const std::string gone = NextIncomingPath();
  TFLD_RETURN_IF_ERROR(files_.Rename(layout_.Model(name), gone));
  // Durable before anything of it goes: half a model must not come back.
  if (const Status synced = files_.SyncDirectory(layout_.Models()); !synced.ok()) {
    (void)files_.Rename(gone, layout_.Model(name));
    return synced;
  }
  {
    const std::lock_guard lock(mutex_);
    models_.erase(name);
  }
  (void)RemoveTree(files_, gone);
  return {};
}

Result<StoredVersion> Store::OpenVersion(const std::string& name, std::uint64_t version) const {
  TFLD_ASSIGN_OR_RETURN(const ModelState state, Get(name));
  const VersionRecord* record = state.Find(version);
  if (record == nullptr || record->state == StoredState::kFailed) {
    return NotFound(StrCat("model ", name, " has no version ", version));
  }
  const std::string directory = layout_.Version(name, version);
  const auto text = ReadFile(files_, StrCat(directory, "/", kStoredManifestFile), kMaxManifestBytes);
  if (!text.ok()) return AsLoss(text.status());
  if (Sha256Of(AsBytes(*text)) != record->manifest_sha256) {
    return DataLoss(StrCat(directory, "/", kStoredManifestFile, ": its sha256 is not the recorded one"));
  }
  TFLD_ASSIGN_OR_RETURN(Manifest manifest, ParseManifest(*text));
  auto model = files_.Open(StrCat(directory, "/", kStoredModelFile));
  if (!model.ok()) return AsLoss(model.status());
  return StoredVersion{*record, std::move(manifest), directory, *std::move(model)};
}

Status VerifyFiles(FileSystem& files, const StoredVersion& version) {
  for (const auto& [path, digest] : version.manifest.files) {
    if (path == kStoredModelFile) continue;
    const auto file = files.Open(StrCat(version.directory, "/", path));
    if (!file.ok()) return AsLoss(file.status());
    TFLD_ASSIGN_OR_RETURN(const std::string found, Sha256Of(**file));
    if (found != digest.sha256) return DataLoss(StrCat(path, ": its sha256 is not the recorded one"));
  }
  return {};
}

}  // namespace tfld::daemon
