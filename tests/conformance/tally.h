// Counts, for each backend, how many cases matched and how many are not supported, and prints it at the end.
#pragma once

#include "engine/delegate/backend.h"

namespace tfld::test {

enum class Fate { kMatched, kUnsupported, kFailed };

void Count(engine::Backend backend, Fate fate);

}  // namespace tfld::test
