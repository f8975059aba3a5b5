#include "daemon/app/memory_lock.h"

#include <sys/mman.h>

#include <cerrno>

namespace tfld::daemon {

Status LockMemory() {
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {};
  return ErrnoStatus(errno,
                     "service.memory_lock: cannot keep memory from being paged out; raise the limit of locked "
                     "memory (LimitMEMLOCK=infinity in the unit), or leave the option out");
}

}  // namespace tfld::daemon
