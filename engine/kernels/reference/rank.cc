// RANK: how many axes the input has.
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {

Status InferRank(InferContext& context) { return context.SetOutputShape(0, Shape{}); }

Status PrepareRank(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt32}));
  return context.Emit("reference.rank", [rank = context.Input(0).shape.rank()](const RunContext& run) -> Status {
    *run.Output<std::int32_t>(0) = rank;
    return {};
  });
}

}  // namespace tfld::engine::reference
