// A file system in memory that knows what is durable, and can lose what is not.
//
// The model is harsher than real disks: every name in a directory and every file's contents that were not synced may be
// old or new after a cut of power, each by itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/store/file_system.h"

namespace tfld::daemon {

class MemoryFileSystem final : public FileSystem {
 public:
  MemoryFileSystem();

  Result<std::unique_ptr<WritableFile>> Create(const std::string& path) override;
  Result<std::unique_ptr<ReadableFile>> Open(const std::string& path) override;
  Status MakeDirectory(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status SyncDirectory(const std::string& path) override;
  Status RemoveFile(const std::string& path) override;
  Status RemoveDirectory(const std::string& path) override;
  Result<std::vector<DirectoryEntry>> List(const std::string& path) const override;
  Result<std::unique_ptr<FileLock>> Lock(const std::string& path) override;

  // What a restart finds. `keep` is asked for each thing that was not synced, whether it is there nevertheless.
  std::unique_ptr<MemoryFileSystem> AfterPowerCut(const std::function<bool()>& keep) const;

  // Every file and directory, as "/a/b" and "/a/b/".
  std::vector<std::string> AllPaths() const;
  // Turns one bit of a file, or cuts it.
  void Corrupt(const std::string& path, std::size_t offset);
  void Truncate(const std::string& path, std::size_t size);

  struct Node;

 private:
  Node* Find(const std::string& path) const;
  Node* Parent(const std::string& path) const;
  std::shared_ptr<Node> root_;
};

}  // namespace tfld::daemon
