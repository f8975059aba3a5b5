#include "engine/metadata/associated_files.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <memory>
#include <optional>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

constexpr int kMaxMembers = 10'000;

// Reads the archive's directory at the end of the bytes, then its members.
class ZipReader {
 public:
  explicit ZipReader(const Model& model) : model_(model), reader_(archive_read_new()) {}

  // False when there is no archive.
  bool Open() {
    archive_read_support_format_zip_seekable(reader_.get());
    const auto bytes = model_.bytes();
    return archive_read_open_memory(reader_.get(), bytes.data(), bytes.size()) == ARCHIVE_OK;
  }

  // The name of the next member; nothing behind the last one.
  Result<std::optional<std::string>> Next() {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader_.get(), &entry);
    if (result == ARCHIVE_EOF) return std::optional<std::string>();
    if (result != ARCHIVE_OK) return Error();
    const char* name = archive_entry_pathname(entry);
    return std::optional<std::string>(name != nullptr ? name : "");
  }

  Result<std::vector<std::byte>> Read(std::size_t max_bytes) {
    std::vector<std::byte> contents;
    std::array<std::byte, 1 << 14> buffer;
    while (true) {
      const la_ssize_t count = archive_read_data(reader_.get(), buffer.data(), buffer.size());
      if (count < 0) return Error();
      if (count == 0) return contents;
      if (contents.size() + static_cast<std::size_t>(count) > max_bytes) {
        return ResourceExhausted(StrCat(model_.name(), ": a file has more than ", max_bytes, " bytes"));
      }
      contents.insert(contents.end(), buffer.begin(), buffer.begin() + count);
    }
  }

 private:
  Status Error() const {
    const char* text = archive_error_string(reader_.get());
    return InvalidArgument(
        StrCat(model_.name(), ": the archive of files: ", text != nullptr ? text : "cannot be read"));
  }

  struct Closer {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };
  const Model& model_;
  std::unique_ptr<archive, Closer> reader_;
};

}  // namespace

Result<std::vector<std::byte>> ReadAssociatedFile(const Model& model, const std::string& name, std::size_t max_bytes) {
  ZipReader reader(model);
  if (!reader.Open()) return NotFound(StrCat(model.name(), ": no files are packed with the model"));
  for (int i = 0; i < kMaxMembers; ++i) {
    TFLD_ASSIGN_OR_RETURN(const auto member, reader.Next());
    if (!member) return NotFound(StrCat(model.name(), ": no file ", name, " is packed with the model"));
    if (*member == name) return reader.Read(max_bytes);
  }
  return ResourceExhausted(StrCat(model.name(), ": more than ", kMaxMembers, " files are packed with the model"));
}

}  // namespace tfld::engine
