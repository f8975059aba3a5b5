// Store: the versions of all models on disk, and what is durably true about them.
//
//   <state>/lock                              held by the daemon that uses the directory
//   <state>/incoming/                         what comes and what goes; emptied at start
//   <state>/models/<name>/state               see state_file.h
//   <state>/models/<name>/versions/<n>/       immutable: model.tflite, manifest, golden/, manifest.json of the package
//
// A version's directory comes into place by one rename and leaves by one, so it is whole or not there. The state file
// is replaced by one rename. Order makes every crash harmless: files are durable before the state names them, and the
// state has let go of them before they go. The store knows files and states; what a state means is the lifecycle's.
//
// Thread rule: Get, Names and Receive from any thread; what changes or opens a model from one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/store/file_system.h"
#include "daemon/store/incoming.h"
#include "daemon/store/layout.h"
#include "daemon/store/manifest.h"
#include "daemon/store/model_state.h"
#include "engine/base/result.h"

namespace tfld::daemon {

struct StoreOptions {
  std::string state_dir;                                     // absolute; made when it is not there
  std::uint64_t max_package_bytes = std::uint64_t{1} << 30;  // as it comes, and unpacked
};

// A version's files, open for loading.
struct StoredVersion {
  VersionRecord record;
  Manifest manifest;  // verified
  std::string directory;
  std::unique_ptr<ReadableFile> model;  // to be verified against the record by whoever reads it
};

class Store {
 public:
  // Recovers (see recovery.h). FAILED_PRECONDITION when another daemon uses the directory. `files` outlives the store.
  static Result<std::unique_ptr<Store>> Open(FileSystem& files, const StoreOptions& options);

  std::vector<std::string> Names() const;
  // As last written. NOT_FOUND.
  Result<ModelState> Get(const std::string& name) const;

  // INVALID_ARGUMENT for a size or digest that cannot be, RESOURCE_EXHAUSTED for more than is allowed.
  Result<std::unique_ptr<Incoming>> Receive(std::uint64_t size, const std::string& sha256);

  // Unpacks what came, as the record's version of model `name` will have it: fills in sha256, size and manifest_sha256
  // of the record, and returns the files as OpenVersion would.
  Result<StoredVersion> Prepare(Incoming& incoming, const std::string& name, VersionRecord record);

  // Moves a prepared version into place, and writes `next`, which names it. On an error neither has happened.
  Status Stage(const Incoming& incoming, std::uint64_t version, const ModelState& next);

  // Makes `next` the model's durable state, with the next generation. On an error the old one stands.
  Status Write(const ModelState& next);

  // Removes the files of a version that the written state does not have or says has failed.
  Status RemoveFiles(const std::string& name, std::uint64_t version);
  Status RemoveModel(const std::string& name);

  // NOT_FOUND for a version that is not there; DATA_LOSS for one that is not what it was.
  Result<StoredVersion> OpenVersion(const std::string& name, std::uint64_t version) const;

 private:
  Store(FileSystem& files, const StoreOptions& options);
  Status WriteOver(const ModelState* old, ModelState next);
  std::string NextIncomingPath();

  FileSystem& files_;
  const StoreOptions options_;
  const Layout layout_;
  std::unique_ptr<FileLock> lock_;
  std::atomic<std::uint64_t> next_incoming_ = 1;
  mutable std::mutex mutex_;  // guards models_
  std::map<std::string, ModelState> models_;
};

// Compares the files of a version, but for the model, with its manifest. DATA_LOSS names the first that differs.
Status VerifyFiles(FileSystem& files, const StoredVersion& version);

}  // namespace tfld::daemon
