#include "tests/daemon/store/faulty_file_system.h"

namespace tfld::daemon {
namespace {

class FaultyWritableFile final : public WritableFile {
 public:
  FaultyWritableFile(FaultyFileSystem& files, std::unique_ptr<WritableFile> base)
      : files_(files), base_(std::move(base)) {}
  Status Append(std::span<const std::byte> bytes) override {
    return files_.Step("append", [&] { return base_->Append(bytes); });
  }
  Status Sync() override {
    return files_.Step("sync", [&] { return base_->Sync(); });
  }

 private:
  FaultyFileSystem& files_;
  std::unique_ptr<WritableFile> base_;
};

}  // namespace

Status FaultyFileSystem::Step(const std::string& name, const std::function<Status()>& operation) {
  const int index = count();
  names_.push_back(name);
  TFLD_RETURN_IF_ERROR(plan_(index));
  return index == skipped_ ? Status() : operation();
}

Result<std::unique_ptr<WritableFile>> FaultyFileSystem::Create(const std::string& path) {
  std::unique_ptr<WritableFile> file;
  TFLD_RETURN_IF_ERROR(Step("create", [&]() -> Status {
    TFLD_ASSIGN_OR_RETURN(file, base_.Create(path));
    return {};
  }));
  return std::unique_ptr<WritableFile>(std::make_unique<FaultyWritableFile>(*this, std::move(file)));
}

Status FaultyFileSystem::MakeDirectory(const std::string& path) {
  return Step("mkdir", [&] { return base_.MakeDirectory(path); });
}
Status FaultyFileSystem::Rename(const std::string& from, const std::string& to) {
  return Step("rename", [&] { return base_.Rename(from, to); });
}
Status FaultyFileSystem::SyncDirectory(const std::string& path) {
  return Step("syncdir " + path, [&] { return base_.SyncDirectory(path); });
}
Status FaultyFileSystem::RemoveFile(const std::string& path) {
  return Step("unlink", [&] { return base_.RemoveFile(path); });
}
Status FaultyFileSystem::RemoveDirectory(const std::string& path) {
  return Step("rmdir", [&] { return base_.RemoveDirectory(path); });
}

}  // namespace tfld::daemon
