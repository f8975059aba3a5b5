// The futex of a slot: how its client is told.
#pragma once

#include <cstdint>
#include <memory>

#include "proto/channel/memory.h"

namespace tfld::daemon {

// Publishes all that was written before, and wakes the client when it says that it sleeps; an executor may do that a
// little later. `owner` keeps the slot's memory. Any thread.
void SetSlotState(channel::SlotHeader& slot, std::uint32_t state, std::shared_ptr<const void> owner);

// Wakes whoever sleeps on the slot, to look around.
void WakeSleepers(channel::SlotHeader& slot);

}  // namespace tfld::daemon
