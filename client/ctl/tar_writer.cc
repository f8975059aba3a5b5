#include "client/ctl/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "client/ctl/files.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Free {
  void operator()(archive* writer) const { archive_write_free(writer); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t AppendTo(archive*, void* out, const void* bytes, std::size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

Status Failed(archive* writer, const std::string& what) {
  const char* reason = archive_error_string(writer);
  return Internal(StrCat("cannot pack ", what, ": ", reason ? reason : "unknown reason"));
}

Status AddFile(archive* writer, const TarEntry& file) {
  TFLD_ASSIGN_OR_RETURN(const std::string content, ReadFile(file.path));
  const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return Failed(writer, file.path);
  const la_ssize_t written = archive_write_data(writer, content.data(), content.size());
  return written == static_cast<la_ssize_t>(content.size()) ? Status() : Failed(writer, file.path);
}

}  // namespace

Result<std::string> WriteTar(const std::vector<TarEntry>& entries) {
  std::string out;
  const std::unique_ptr<archive, Free> writer(archive_write_new());
  const bool opened = archive_write_set_format_ustar(writer.get()) == ARCHIVE_OK &&
                      archive_write_open(writer.get(), &out, nullptr, &AppendTo, nullptr) == ARCHIVE_OK;
  if (!opened) return Failed(writer.get(), "an archive");
  for (const TarEntry& entry : entries) TFLD_RETURN_IF_ERROR(AddFile(writer.get(), entry));
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return Failed(writer.get(), "an archive");
  return out;
}

}  // namespace tfld::ctl
