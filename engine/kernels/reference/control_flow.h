// Operators that run other graphs of the program: IF, WHILE, STABLEHLO_CASE, STABLEHLO_WHILE, STABLEHLO_COMPOSITE.
//
// Shape rules plan the calls: they replace the graphs' numbers in the options by the numbers of the calls. A result
// whose shape differs from branch to branch, or from round to round, is dynamic.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

Status InferIf(InferContext& context);
Status PrepareIf(PrepareContext& context);

Status InferCase(InferContext& context);
Status PrepareCase(PrepareContext& context);

Status InferWhile(InferContext& context);
Status PrepareWhile(PrepareContext& context);

Status InferComposite(InferContext& context);
Status PrepareComposite(PrepareContext& context);

}  // namespace tfld::engine::reference
