#include "client/ctl/files.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/base/str_cat.h"

namespace tfld::ctl {

Result<std::string> ReadFile(const std::string& path) {
  if (std::error_code error; std::filesystem::is_directory(path, error)) {
    return InvalidArgument(StrCat(path, " is a directory, not a file"));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) return ErrnoStatus(errno, StrCat("cannot read ", path));
  return content;
}

Status WriteFile(const std::string& path, std::span<const std::byte> bytes) {
  const std::string partial = path + ".partial";
  errno = 0;
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file.fail() && std::rename(partial.c_str(), path.c_str()) == 0) return {};
  const int error_number = errno;
  std::remove(partial.c_str());
  return ErrnoStatus(error_number, StrCat("cannot write ", path));
}

}  // namespace tfld::ctl
