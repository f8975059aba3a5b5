#include "daemon/shm/slot_wake.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>

namespace tfld::daemon {

// The client announces itself and then looks at the state, and we do it the other way round; with sequential
// consistency on both sides one of the two sees the other.
void SetSlotState(channel::SlotHeader& slot, std::uint32_t state) {
  std::atomic_ref(slot.state).store(state, std::memory_order_seq_cst);
  if (std::atomic_ref(slot.sleepers).load(std::memory_order_seq_cst) != 0) WakeSleepers(slot);
}

void WakeSleepers(channel::SlotHeader& slot) {
  ::syscall(SYS_futex, &slot.state, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace tfld::daemon
