// Counts the heap allocations of this process, from malloc and all that stands on it. A program that calls
// AllocationCount gets malloc and its relatives from here; they are glibc's with a counter in front.
#pragma once

#include <cstdint>

namespace tfld::engine {

// Since the program began, of all threads.
std::uint64_t AllocationCount();

}  // namespace tfld::engine
