#include "daemon/store/incoming.h"

#include "daemon/store/file_tools.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {

Incoming::Incoming(FileSystem& files, std::string directory, std::uint64_t size, std::string sha256)
    : files_(files), directory_(std::move(directory)), size_(size), sha256_(std::move(sha256)) {}

Incoming::~Incoming() {
  file_.reset();
  (void)RemoveTree(files_, directory_);  // what stays goes at the next start
}

Result<std::unique_ptr<Incoming>> Incoming::Create(FileSystem& files, std::string directory, std::uint64_t size,
                                                   std::string sha256) {
  TFLD_RETURN_IF_ERROR(files.MakeDirectory(directory));
  std::unique_ptr<Incoming> incoming(new Incoming(files, std::move(directory), size, std::move(sha256)));
  TFLD_ASSIGN_OR_RETURN(incoming->file_, files.Create(incoming->directory_ + "/package"));
  return incoming;
}

Status Incoming::Write(std::span<const std::byte> bytes) {
  if (file_ == nullptr) return FailedPrecondition("the package was unpacked already");
  if (bytes.size() > size_ - received_) {
    return InvalidArgument(StrCat("more bytes came than the ", size_, " that were announced"));
  }
  received_ += bytes.size();
  hash_.Update(bytes);
  return file_->Append(bytes);
}

Result<Manifest> Incoming::Unpack(const PackageLimits& limits) {
  if (file_ == nullptr) return FailedPrecondition("the package was unpacked already");
  if (received_ != size_) return InvalidArgument(StrCat(received_, " bytes came, ", size_, " were announced"));
  const auto file = std::move(file_);
  const std::string found = hash_.Finish();
  if (found != sha256_) {
    return InvalidArgument(StrCat("the bytes that came have sha256 ", found, ", announced was ", sha256_));
  }
  const std::string package = directory_ + "/package";
  TFLD_ASSIGN_OR_RETURN(const bool stays_as_it_is, IsRawModel(files_, package));
  if (stays_as_it_is) TFLD_RETURN_IF_ERROR(file->Sync());
  TFLD_ASSIGN_OR_RETURN(Manifest manifest, UnpackPackage(files_, package, version_directory(), limits));
  TFLD_RETURN_IF_ERROR(RemoveTree(files_, package));
  return manifest;
}

}  // namespace tfld::daemon
