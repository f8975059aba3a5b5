// A file system that passes everything on to another, counts what changes something, and fails when it is told to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/file_system.h"

namespace tfld::daemon {

class FaultyFileSystem final : public FileSystem {
 public:
  // What happens to operation number `index` (from 0): OK lets it through, an error is its result.
  using Plan = std::function<Status(int index)>;

  explicit FaultyFileSystem(FileSystem& base) : base_(base) {}

  // As if the process were killed before operation `index`: neither it nor any later one has an effect.
  void KillBefore(int index) {
    plan_ = [index](int i) { return i >= index ? Unavailable("killed") : Status(); };
  }
  // Only operation `index` fails.
  void FailOnce(int index, Status error) {
    plan_ = [index, error](int i) { return i == index ? error : Status(); };
  }
  // Everything from operation `index` on that takes space fails, as on a full disk.
  void FullFrom(int index) {
    plan_ = [this, index](int i) {
      const bool takes_space = names_.back() == "append" || names_.back() == "create" || names_.back() == "mkdir";
      return i >= index && takes_space ? ResourceExhausted("no space left on device") : Status();
    };
  }
  // Operation `index`, which is a sync, does nothing and says OK.
  void SkipSync(int index) { skipped_ = index; }

  int count() const { return static_cast<int>(names_.size()); }
  const std::vector<std::string>& names() const { return names_; }  // "create", "append", "sync", "syncdir /a" ...

  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override;
  Result<std::unique_ptr<ReadableFile>> Open(const std::string& path) override { return base_.Open(path); }
  Status MakeDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status SyncDirectory(const std::string& path) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDirectory(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> List(const std::string& path) const override { return base_.List(path); }
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override { return base_.Lock(path); }

  // For the files.
  Status Step(const std::string& name, const std::function<Status()>& operation);

 private:
  FileSystem& base_;
  Plan plan_ = [](int) { return Status(); };
  int skipped_ = -1;
  std::vector<std::string> names_;
};

}  // namespace tfld::daemon
