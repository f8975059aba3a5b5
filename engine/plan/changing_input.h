// Which inputs of a program may lie in memory that somebody else writes to while a run reads them.
#pragma once

#include "engine/plan/plan.h"

namespace tfld::engine {

// Whether all that such writes can do is to spoil the results of that run: every operator that reads the input takes
// each element as a number. Operators that use elements as indices or sizes, that read them again and rely on what they
// were, or that pass their memory on, do not qualify, whatever kernel they have. The input has memory that is no other
// tensor's.
bool MayChangeDuringRun(const Plan& plan, int graph, ValueId input);

}  // namespace tfld::engine
