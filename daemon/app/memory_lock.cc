#include "daemon/app/memory_lock.h"

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr char kWhatToDo[] =
    "; allow it without limit (LimitMEMLOCK=infinity in the unit, `ulimit -l unlimited`, or the capability "
    "CAP_IPC_LOCK), or leave the option out";

// No limit holds for who has this privilege.
bool MayLockAnything() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  return ::syscall(SYS_capget, &header, data) == 0 && (data[0].effective & (1U << CAP_IPC_LOCK)) != 0;
}

}  // namespace

Status LockMemory() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return ErrnoStatus(errno, "getrlimit(RLIMIT_MEMLOCK)");
  limit.rlim_cur = limit.rlim_max;
  if (limit.rlim_max != RLIM_INFINITY && !MayLockAnything()) {
    return ResourceExhausted(StrCat("service.memory_lock: the limit of locked memory is ", limit.rlim_max,
                                    " bytes, which the daemon with its threads and models would pass sooner or later",
                                    kWhatToDo));
  }
  if (::setrlimit(RLIMIT_MEMLOCK, &limit) == 0 && ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {};
  return ErrnoStatus(errno, StrCat("service.memory_lock: memory cannot be kept from being paged out", kWhatToDo));
}

}  // namespace tfld::daemon
