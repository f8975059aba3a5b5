#include "daemon/store/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>

#include "engine/base/str_cat.h"

namespace tfld::daemon {

struct ArchiveReader::Impl {
  struct Closer {
    void operator()(archive* handle) const { archive_read_free(handle); }
  };

  const ReadableFile* file = nullptr;
  std::uint64_t offset = 0;
  std::array<std::byte, 1 << 14> buffer;
  Status read_error;  // of the file below; libarchive would only pass on a number
  // Last, so that it goes first.
  std::unique_ptr<archive, Closer> reader;

  Status Error() const {
    if (!read_error.ok()) return read_error;
    const char* text = archive_error_string(reader.get());
    const bool is_archive = archive_format(reader.get()) != 0;
    return InvalidArgument(
        StrCat(is_archive ? "package: " : "neither a .tflite model (no TFL3 at offset 4) nor a tar: ",
               text != nullptr ? text : "cannot be read"));
  }
};

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::~ArchiveReader() = default;

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const ReadableFile& file) {
  auto impl = std::make_unique<Impl>();
  impl->file = &file;
  impl->reader.reset(archive_read_new());
  archive* reader = impl->reader.get();
  archive_read_support_format_tar(reader);
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_zstd(reader);
  const auto read = [](archive*, void* context, const void** data) -> la_ssize_t {
    auto& self = *static_cast<Impl*>(context);
    const auto count = self.file->ReadAt(self.offset, self.buffer);
    if (!count.ok()) {
      self.read_error = count.status();
      return -1;
    }
    self.offset += *count;
    *data = self.buffer.data();
    return static_cast<la_ssize_t>(*count);
  };
  if (archive_read_open(reader, impl.get(), nullptr, read, nullptr) != ARCHIVE_OK) return impl->Error();
  return std::unique_ptr<ArchiveReader>(new ArchiveReader(std::move(impl)));
}

Result<std::optional<std::string>> ArchiveReader::Next() {
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(impl_->reader.get(), &entry);
    if (result == ARCHIVE_EOF) return std::optional<std::string>();
    if (result != ARCHIVE_OK) return impl_->Error();
    const char* name = archive_entry_pathname(entry);
    std::string path = name != nullptr ? name : "";
    if (path.starts_with("./")) path.erase(0, 2);
    const bool link = archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
    if (!link && archive_entry_filetype(entry) == AE_IFDIR) continue;
    if (link || archive_entry_filetype(entry) != AE_IFREG) {
      return InvalidArgument(StrCat("package: ", path.substr(0, 64), ": not a regular file"));
    }
    return std::optional(std::move(path));
  }
}

Result<std::size_t> ArchiveReader::Read(std::span<std::byte> out) {
  const la_ssize_t count = archive_read_data(impl_->reader.get(), out.data(), out.size());
  if (count < 0) return impl_->Error();
  return static_cast<std::size_t>(count);
}

}  // namespace tfld::daemon
