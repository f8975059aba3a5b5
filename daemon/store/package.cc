#include "daemon/store/package.h"

#include <array>
#include <set>
#include <vector>

#include "daemon/store/archive_reader.h"
#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "daemon/store/names.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::string_view kModelFile = "model.tflite";
constexpr std::string_view kManifestFile = "manifest.json";

Result<Manifest> TakeModel(FileSystem& files, const std::string& package, const std::string& directory) {
  const std::string path = StrCat(directory, "/", kModelFile);
  TFLD_RETURN_IF_ERROR(files.Rename(package, path));
  TFLD_ASSIGN_OR_RETURN(const auto file, files.Open(path));
  Manifest manifest;
  FileDigest& digest = manifest.files[std::string(kModelFile)];
  TFLD_ASSIGN_OR_RETURN(digest.size, file->Size());
  TFLD_ASSIGN_OR_RETURN(digest.sha256, Sha256Of(*file));
  return manifest;
}

class Unpacker {
 public:
  Unpacker(FileSystem& files, const std::string& directory, const PackageLimits& limits)
      : files_(files), directory_(directory), limits_(limits), buffer_(std::size_t{1} << 16) {}

  Status Unpack(ArchiveReader& archive) {
    while (true) {
      TFLD_ASSIGN_OR_RETURN(const auto path, archive.Next());
      if (!path) break;
      TFLD_RETURN_IF_ERROR(CheckPackagePath(*path).WithContext("package"));
      TFLD_RETURN_IF_ERROR(UnpackFile(archive, *path));
    }
    for (const std::string& parent : parents_) TFLD_RETURN_IF_ERROR(files_.SyncDirectory(parent));
    return {};
  }

  const std::map<std::string, FileDigest>& found() const { return found_; }

 private:
  Status UnpackFile(ArchiveReader& archive, const std::string& path) {
    if (found_.contains(path)) return InvalidArgument(StrCat("package: ", path, " is in it twice"));
    if (found_.size() == limits_.max_files) {
      return InvalidArgument(StrCat("package: has more than ", limits_.max_files, " files"));
    }
    TFLD_RETURN_IF_ERROR(MakeParents(path));
    TFLD_ASSIGN_OR_RETURN(const auto file, files_.Create(StrCat(directory_, "/", path)));
    Sha256 hash;
    FileDigest digest;
    while (true) {
      TFLD_ASSIGN_OR_RETURN(const std::size_t count, archive.Read(buffer_));
      if (count == 0) break;
      digest.size += count;
      unpacked_ += count;
      if (unpacked_ > limits_.max_unpacked_bytes) {
        return InvalidArgument(StrCat("package: holds more than ", limits_.max_unpacked_bytes, " bytes"));
      }
      const auto bytes = std::span<const std::byte>(buffer_).first(count);
      hash.Update(bytes);
      TFLD_RETURN_IF_ERROR(file->Append(bytes));
    }
    digest.sha256 = hash.Finish();
    found_[path] = digest;
    return file->Sync();
  }

  Status MakeParents(const std::string& path) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const std::string parent = StrCat(directory_, "/", path.substr(0, slash));
      if (parents_.insert(parent).second) TFLD_RETURN_IF_ERROR(files_.MakeDirectory(parent));
    }
    return {};
  }

  FileSystem& files_;
  const std::string& directory_;
  const PackageLimits& limits_;
  std::vector<std::byte> buffer_;
  std::map<std::string, FileDigest> found_;
  std::set<std::string> parents_;
  std::uint64_t unpacked_ = 0;
};

// What the package says of its files, against what is there.
Status Compare(const std::map<std::string, FileDigest>& listed, const std::map<std::string, FileDigest>& found) {
  for (const auto& [path, digest] : listed) {
    const auto there = found.find(path);
    if (there == found.end()) return InvalidArgument(StrCat("package: ", path, " is in the manifest and not there"));
    if (there->second.size != digest.size) {
      return InvalidArgument(
          StrCat("package: ", path, " has ", there->second.size, " bytes, the manifest says ", digest.size));
    }
    if (there->second.sha256 != digest.sha256) {
      return InvalidArgument(
          StrCat("package: ", path, " has sha256 ", there->second.sha256, ", the manifest says ", digest.sha256));
    }
  }
  for (const auto& [path, digest] : found) {
    if (path != kManifestFile && !listed.contains(path)) {
      return InvalidArgument(StrCat("package: ", path, " is not in the manifest"));
    }
  }
  return {};
}

Result<Manifest> TakePackage(FileSystem& files, const ReadableFile& package, const std::string& directory,
                             const PackageLimits& limits) {
  TFLD_ASSIGN_OR_RETURN(const auto archive, ArchiveReader::Open(package));
  Unpacker unpacker(files, directory, limits);
  TFLD_RETURN_IF_ERROR(unpacker.Unpack(*archive));
  const auto& found = unpacker.found();
  if (!found.contains(std::string(kModelFile))) return InvalidArgument("package: model.tflite is missing");
  const auto golden = found.lower_bound("golden/");
  if (golden != found.end() && golden->first.starts_with("golden/") && !found.contains("golden/golden.json")) {
    return InvalidArgument("package: there are files below golden/, and no golden/golden.json");
  }
  Manifest manifest;
  if (found.contains(std::string(kManifestFile))) {
    TFLD_ASSIGN_OR_RETURN(const std::string text,
                          ReadFile(files, StrCat(directory, "/", kManifestFile), kMaxManifestBytes));
    TFLD_ASSIGN_OR_RETURN(manifest, ParseManifest(text));
    if (!manifest.files.empty()) TFLD_RETURN_IF_ERROR(Compare(manifest.files, found));
  }
  manifest.files = found;
  return manifest;
}

}  // namespace

Result<bool> IsRawModel(FileSystem& files, const std::string& path) {
  TFLD_ASSIGN_OR_RETURN(const auto file, files.Open(path));
  std::array<char, 8> head{};
  TFLD_ASSIGN_OR_RETURN(const std::size_t count, file->ReadAt(0, std::as_writable_bytes(std::span(head))));
  return count == head.size() && std::string_view(head.data() + 4, 4) == "TFL3";
}

Result<Manifest> UnpackPackage(FileSystem& files, const std::string& package, const std::string& directory,
                               const PackageLimits& limits) {
  TFLD_RETURN_IF_ERROR(files.MakeDirectory(directory));
  TFLD_ASSIGN_OR_RETURN(const bool model, IsRawModel(files, package));
  if (model) return TakeModel(files, package, directory);
  TFLD_ASSIGN_OR_RETURN(const auto file, files.Open(package));
  return TakePackage(files, *file, directory, limits);
}

}  // namespace tfld::daemon
