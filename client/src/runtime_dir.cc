#include "client/src/runtime_dir.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>

#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

constexpr char kSystemDir[] = "/run/tfld";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool IsSocket(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode);
}

}  // namespace

std::string FindRuntimeDir(const std::string& requested) {
  if (!requested.empty()) return requested;
  if (std::string named = Environment("TFLD_RUNTIME_DIR"); !named.empty()) return named;
  if (::geteuid() == 0 || IsSocket(StrCat(kSystemDir, "/tfld.sock"))) return kSystemDir;
  const std::string user = Environment("XDG_RUNTIME_DIR");
  return user.starts_with('/') ? StrCat(user, "/tfld") : StrCat("/tmp/tfld-", ::geteuid());
}

Result<std::string> SocketPath(const std::string& runtime_dir, const std::string& name) {
  std::string path = StrCat(runtime_dir, "/", name);
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() > kLongest) {
    return InvalidArgument(StrCat("the socket's path ", path, " has ", path.size(), " bytes, at most ", kLongest,
                                  " are possible: use a shorter runtime directory"));
  }
  return path;
}

}  // namespace tfld::client
