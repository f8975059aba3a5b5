#include "daemon/app/directories.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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
  // The mode is set once more, whatever the umask has left of it.
  const bool made = ::mkdir(path.c_str(), mode) == 0;
  if (made ? ::chmod(path.c_str(), mode) != 0 : errno != EEXIST) return ErrnoStatus(errno, "cannot make " + path);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus(errno, path);
  if (!S_ISDIR(info.st_mode)) return FailedPrecondition(path + ": not a directory");
  return {};
}

// Whoever may write it can put sockets of theirs in the place of ours. In /tmp it may have been made by anybody.
Status CheckOwner(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return ErrnoStatus(errno, path);
  const bool is_trusted = info.st_uid == 0 || info.st_uid == ::geteuid();
  if (S_ISDIR(info.st_mode) && is_trusted && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  char mode[16];
  std::snprintf(mode, sizeof(mode), "%o", static_cast<unsigned>(info.st_mode));
  return PermissionDenied(StrCat(
      path, " belongs to uid ", info.st_uid, " and has mode ", mode, ", expected a directory of uid ", ::geteuid(),
      " or root that nobody else may write: change or remove it, or choose another runtime directory"));
}

}  // namespace

Status MakeDirectories(const Settings& settings) {
  TFLD_RETURN_IF_ERROR(MakeDirectory(settings.state_dir, 0700));
  TFLD_RETURN_IF_ERROR(MakeDirectory(settings.runtime_dir, 0755));
  return CheckOwner(settings.runtime_dir);
}

}  // namespace tfld::daemon
