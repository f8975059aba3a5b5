#include "daemon/store/file_tools.h"

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

Status OkIf(StatusCode expected, const Status& status) { return status.code() == expected ? Status() : status; }

}  // namespace

Result<std::string> ReadFile(FileSystem& files, const std::string& path, std::uint64_t max_bytes) {
  TFLD_ASSIGN_OR_RETURN(const auto file, files.Open(path));
  TFLD_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
  if (size > max_bytes) {
    return InvalidArgument(StrCat(path, ": has ", size, " bytes, expected at most ", max_bytes));
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  TFLD_ASSIGN_OR_RETURN(const std::size_t count, file->ReadAt(0, std::as_writable_bytes(std::span(text))));
  text.resize(count);
  return text;
}

Status WriteNewFile(FileSystem& files, const std::string& path, std::span<const std::byte> bytes) {
  TFLD_ASSIGN_OR_RETURN(const auto file, files.Create(path));
  TFLD_RETURN_IF_ERROR(file->Append(bytes));
  return file->Sync();
}

Status EnsureDirectory(FileSystem& files, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  Status made = files.MakeDirectory(path);
  if (made.code() == StatusCode::kAlreadyExists) return {};
  if (made.code() == StatusCode::kNotFound && slash != 0 && slash != std::string::npos) {
    TFLD_RETURN_IF_ERROR(EnsureDirectory(files, parent));
    made = OkIf(StatusCode::kAlreadyExists, files.MakeDirectory(path));
  }
  return made.ok() ? files.SyncDirectory(parent) : made;
}

Status RemoveTree(FileSystem& files, const std::string& path) {
  const auto entries = files.List(path);
  if (entries.status().code() == StatusCode::kNotFound) return {};
  if (!entries.ok()) return OkIf(StatusCode::kNotFound, files.RemoveFile(path));
  for (const DirectoryEntry& entry : *entries) {
    const std::string child = StrCat(path, "/", entry.name);
    if (entry.is_directory) {
      TFLD_RETURN_IF_ERROR(RemoveTree(files, child));
    } else {
      TFLD_RETURN_IF_ERROR(OkIf(StatusCode::kNotFound, files.RemoveFile(child)));
    }
  }
  return OkIf(StatusCode::kNotFound, files.RemoveDirectory(path));
}

}  // namespace tfld::daemon
