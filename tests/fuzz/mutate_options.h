// Changes one value in the options of an operator.
#pragma once

#include "tests/fuzz/dice.h"

namespace tfld::wire {
struct Operator;
}

namespace tfld::test {

// In place, in a packed model that was verified. Fields that are absent stay so.
void MutateOptions(const wire::Operator& node, Dice& dice);

}  // namespace tfld::test
