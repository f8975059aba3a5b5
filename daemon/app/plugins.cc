#include "daemon/app/plugins.h"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "daemon/telemetry/log.h"
#include "engine/base/str_cat.h"
#include "tfld/custom_operator.h"

namespace tfld::daemon {
namespace {

class EngineRegistry final : public engine::KernelRegistry {
 public:
  Status Register(engine::CustomOperator custom) override {
    const std::string name = custom.name;
    TFLD_RETURN_IF_ERROR(engine::RegisterKernel(std::move(custom)));
    names_ += StrCat(names_.empty() ? "" : ", ", name);
    return {};
  }
  const std::string& names() const { return names_; }

 private:
  std::string names_;
};

Status CheckOwner(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return ErrnoStatus(errno, path);
  if (!S_ISREG(file.st_mode)) return InvalidArgument("is not a file");
  const bool is_trusted = file.st_uid == 0 || file.st_uid == geteuid();
  if (is_trusted && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return PermissionDenied(
      "others than root and the daemon's user could write it; a plugin runs with the daemon's rights");
}

Status Load(const std::string& path) {
  TFLD_RETURN_IF_ERROR(CheckOwner(path));
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return InvalidArgument(StrCat("does not load: ", dlerror()));
  const auto* interface = static_cast<const int*>(dlsym(library, "tfld_plugin_interface"));
  if (interface == nullptr) return InvalidArgument("is no plugin of tfld: it exports no tfld_plugin_interface");
  if (*interface != engine::kPluginInterface) {
    return FailedPrecondition(StrCat("was built for plugin interface ", *interface, "; this daemon has ",
                                     engine::kPluginInterface, ": build it anew"));
  }
  using RegisterFunction = void (*)(engine::KernelRegistry*, Status*);
  const auto register_kernels = reinterpret_cast<RegisterFunction>(dlsym(library, "tfld_register_kernels"));
  if (register_kernels == nullptr) return InvalidArgument("exports no tfld_register_kernels");
  EngineRegistry registry;
  Status status;
  register_kernels(&registry, &status);
  TFLD_RETURN_IF_ERROR(status);
  Log(LogLevel::kInfo, "plugin", {{"file", path}, {"operators", registry.names()}});
  return {};  // the library stays: kernels of it may run until the end
}

}  // namespace

Status LoadPlugins(std::span<const std::string> paths) {
  for (const std::string& path : paths) {
    if (const Status status = Load(path); !status.ok()) return status.WithContext(StrCat("plugin ", path));
  }
  return {};
}

}  // namespace tfld::daemon
