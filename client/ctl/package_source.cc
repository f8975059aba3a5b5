#include "client/ctl/package_source.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "client/ctl/tar_writer.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

namespace fs = std::filesystem;

constexpr char kModelFile[] = "model.tflite";
constexpr char kManifestFile[] = "manifest.json";

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// A model says so at offset 4; see the FlatBuffers format's file identifier.
bool IsModel(std::span<const std::byte> bytes) {
  constexpr char kIdentifier[] = {'T', 'F', 'L', '3'};
  return bytes.size() >= 8 && std::equal(std::begin(kIdentifier), std::end(kIdentifier), bytes.begin() + 4,
                                         [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}

// The files directly in `directory`, ordered by name.
Result<std::vector<TarEntry>> GoldenEntries(const fs::path& directory) {
  if (!IsFile(directory / "golden.json")) {
    return InvalidArgument(StrCat(directory.string(), " is not a golden test: it has no golden.json"));
  }
  std::vector<TarEntry> entries;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (!IsFile(entry->path())) continue;
    entries.push_back({StrCat("golden/", entry->path().filename().string()), entry->path().string()});
  }
  if (error) return ErrnoStatus(error.value(), StrCat("cannot list ", directory.string()));
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> Pack(const fs::path& model, const fs::path& manifest, const fs::path& golden_dir) {
  std::vector<TarEntry> entries;
  if (!manifest.empty()) entries.push_back({kManifestFile, manifest.string()});
  entries.push_back({kModelFile, model.string()});
  if (!golden_dir.empty()) {
    TFLD_ASSIGN_OR_RETURN(const std::vector<TarEntry> golden, GoldenEntries(golden_dir));
    entries.insert(entries.end(), golden.begin(), golden.end());
  }
  return WriteTar(entries);
}

}  // namespace

Result<std::string> PackDirectory(const std::string& directory) {
  const fs::path root(directory);
  if (!IsDirectory(root)) return InvalidArgument(StrCat(directory, " is not a directory"));
  if (!IsFile(root / kModelFile)) return InvalidArgument(StrCat(directory, " has no ", kModelFile));
  const fs::path manifest = root / kManifestFile;
  const fs::path golden = root / "golden";
  return Pack(root / kModelFile, IsFile(manifest) ? manifest : fs::path(), IsDirectory(golden) ? golden : fs::path());
}

Result<PackageSource> PackageSource::Open(const std::string& path, const std::string& golden_dir) {
  PackageSource source;
  if (IsDirectory(path)) {
    if (!golden_dir.empty()) {
      return InvalidArgument(StrCat("--golden goes with a model file; ", path, " is a directory: put golden/ into it"));
    }
    TFLD_ASSIGN_OR_RETURN(source.packed_, PackDirectory(path));
    return source;
  }
  TFLD_ASSIGN_OR_RETURN(source.file_, MappedFile::Open(path));
  if (golden_dir.empty()) return source;
  if (!IsModel(source.file_->bytes())) {
    return InvalidArgument(StrCat("--golden goes with a .tflite model; ", path, " is not one"));
  }
  TFLD_ASSIGN_OR_RETURN(source.packed_, Pack(path, {}, golden_dir));
  source.file_ = nullptr;
  return source;
}

std::span<const std::byte> PackageSource::bytes() const {
  return file_ ? file_->bytes() : std::as_bytes(std::span(packed_));
}

}  // namespace tfld::ctl
