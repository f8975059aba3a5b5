// Counts, for each backend, how many cases matched and how many goldens are known to be wrong, and prints it at the
// end.
#pragma once

#include "engine/delegate/backend.h"

namespace tfld::test {

enum class Fate { kMatched, kWrongGolden, kFailed };

void Count(engine::Backend backend, Fate fate);

}  // namespace tfld::test
