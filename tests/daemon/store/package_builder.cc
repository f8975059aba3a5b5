#include "tests/daemon/store/package_builder.h"

#include <archive.h>
#include <archive_entry.h>

#include <cstdlib>

namespace tfld::daemon {
namespace {

void SetKind(archive_entry* entry, const PackageEntry& from) {
  using Kind = PackageEntry::Kind;
  archive_entry_set_filetype(entry, from.kind == Kind::kDirectory      ? AE_IFDIR
                                    : from.kind == Kind::kSymbolicLink ? AE_IFLNK
                                    : from.kind == Kind::kFifo         ? AE_IFIFO
                                                                       : AE_IFREG);
  if (from.kind == Kind::kSymbolicLink) archive_entry_set_symlink(entry, from.contents.c_str());
  if (from.kind == Kind::kHardLink) archive_entry_set_hardlink(entry, from.contents.c_str());
}

}  // namespace

std::string FakeModel(std::string_view body) {
  std::string model("\x1c\0\0\0TFL3", 8);
  return model.append(body);
}

std::string BuildPackage(const std::vector<PackageEntry>& entries, Compression compression) {
  std::string buffer(std::size_t{4} << 20, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  if (compression == Compression::kGzip) archive_write_add_filter_gzip(writer);
  if (compression == Compression::kZstd) archive_write_add_filter_zstd(writer);
  if (compression == Compression::kXz) archive_write_add_filter_xz(writer);
  if (archive_write_open_memory(writer, buffer.data(), buffer.size(), &used) != ARCHIVE_OK) std::abort();
  for (const PackageEntry& from : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, from.path.c_str());
    archive_entry_set_perm(entry, 0644);
    SetKind(entry, from);
    const bool file = from.kind == PackageEntry::Kind::kFile;
    archive_entry_set_size(entry, file ? static_cast<la_int64_t>(from.contents.size()) : 0);
    if (archive_write_header(writer, entry) != ARCHIVE_OK) std::abort();
    if (file) archive_write_data(writer, from.contents.data(), from.contents.size());
    archive_entry_free(entry);
  }
  if (archive_write_close(writer) != ARCHIVE_OK) std::abort();
  archive_write_free(writer);
  buffer.resize(used);
  return buffer;
}

std::span<const std::byte> BytesOf(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace tfld::daemon
