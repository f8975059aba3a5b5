// Operators that draw random numbers: shape rules and preparations, all in random.cc.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

Status InferRandom(InferContext& context);
Status PrepareRandomUniform(PrepareContext& context);
Status PrepareRandomStandardNormal(PrepareContext& context);
Status InferMultinomial(InferContext& context);
Status PrepareMultinomial(PrepareContext& context);

}  // namespace tfld::engine::reference
