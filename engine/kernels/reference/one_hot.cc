// ONE_HOT: a new axis of size depth, on which the index-th element is `on` and all others are `off`; an index outside
// of the axis gives only `off`.
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 0;
constexpr int kDepth = 1;
constexpr int kOn = 2;
constexpr int kOff = 3;

Result<int> NewAxis(const OpContext& context) {
  const int rank = context.Input(kIndices).shape.rank();
  if (rank == kMaxRank) return context.Error("the output has too many axes");
  return ResolveAxis(context, context.attributes<OneHotAttributes>().axis, rank + 1);
}

}  // namespace

Status InferOneHot(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, NewAxis(context));
  TFLD_ASSIGN_OR_RETURN(const auto depth, context.ConstantInts(kDepth));
  if (depth.size() != 1 || depth[0] < 0) return context.Error("expected one depth that is not negative");
  const Shape& indices = context.Input(kIndices).shape;
  Shape shape;
  for (int i = 0; i <= indices.rank(); ++i) {
    if (i == axis) shape.Append(depth[0]);
    if (i < indices.rank()) shape.Append(indices.dim(i));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareOneHot(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, NewAxis(context));
  for (const int input : {kOn, kOff}) {
    TFLD_RETURN_IF_ERROR(context.RequireSameType(input, 0));
    if (context.Input(input).shape.NumElements() != 1) return context.Error(StrCat("input ", input, " is no scalar"));
  }
  const Shape& output = context.Output(0).shape;
  const std::int64_t outer = output.Product(0, axis), depth = output.dim(axis);
  const std::int64_t inner = output.Product(axis + 1, output.rank());
  return DispatchElementSize(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchType<std::int32_t, std::int64_t>(
        context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.one_hot", [outer, depth, inner](const RunContext& run) -> Status {
            const Index* indices = run.Input<Index>(kIndices);
            const T on = *run.Input<T>(kOn), off = *run.Input<T>(kOff);
            T* to = run.Output<T>(0);
            for (std::int64_t o = 0; o < outer; ++o, indices += inner) {
              for (std::int64_t d = 0; d < depth; ++d) {
                for (std::int64_t i = 0; i < inner; ++i) *to++ = indices[i] == d ? on : off;
              }
            }
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
