#include "daemon/app/directories.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

// Like mkdir -p; the parents get the default permissions.
Status MakeDirectory(const std::string& path, mode_t mode) {
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (::mkdir(parent.c_str(), 0755) != 0 && errno != EEXIST) return ErrnoStatus(errno, "cannot make " + parent);
  }
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return ErrnoStatus(errno, "cannot make " + path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, path);
  if (!S_ISDIR(info.st_mode)) return FailedPrecondition(path + ": not a directory");
  return {};
}

}  // namespace

Status MakeDirectories(const Settings& settings) {
  TFLD_RETURN_IF_ERROR(MakeDirectory(settings.state_dir, 0700));
  return MakeDirectory(settings.runtime_dir, 0755);
}

}  // namespace tfld::daemon
