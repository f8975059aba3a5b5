#include "daemon/shm/slot_wake.h"

#include <atomic>
#include <utility>

#include "daemon/scheduler/wakeups.h"

namespace tfld::daemon {

// The client announces itself and then looks at the state, and we do it the other way round; with sequential
// consistency on both sides one of the two sees the other.
void SetSlotState(channel::SlotHeader& slot, std::uint32_t state, std::shared_ptr<const void> owner) {
  std::atomic_ref(slot.state).store(state, std::memory_order_seq_cst);
  const std::uint32_t sleepers = std::atomic_ref(slot.sleepers).load(std::memory_order_seq_cst);
  if (sleepers != 0) {
    WakeSoon(std::move(owner), slot.state, sleepers - 1);
  } else {
    NoteAwake();
  }
}

void WakeSleepers(channel::SlotHeader& slot) { WakeNow(slot.state); }

}  // namespace tfld::daemon
