// Which inputs and outputs of a program may lie in memory that somebody else writes to during a run.
#pragma once

#include "engine/plan/plan.h"

namespace tfld::engine {

// Whether all that such writes can do is to spoil the results of that run. The tensor has memory that is no other
// tensor's; of an input, every operator that reads it takes each element as a number: operators that use elements as
// indices or sizes, that read them again and rely on what they were, or that pass their memory on, do not qualify,
// whatever kernel they have. Of an output, no operator reads it, and the one that writes it takes what it finds there,
// if it looks at all, as a number.
bool InputMayChange(const Plan& plan, int graph, ValueId input);
bool OutputMayChange(const Plan& plan, int graph, ValueId output);

}  // namespace tfld::engine
