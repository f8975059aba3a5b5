// TRANSPOSE: axis i of the output is axis perm[i] of the input.
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

using Permutation = std::array<int, kMaxRank>;

Result<Permutation> ReadPermutation(const OpContext& context) {
  const int rank = context.Input(0).shape.rank();
  TFLD_ASSIGN_OR_RETURN(const auto axes, context.ConstantInts(1));
  if (axes.size() != static_cast<std::size_t>(rank)) {
    return context.Error(StrCat("permutation of ", axes.size(), " axes for rank ", rank));
  }
  Permutation permutation{};
  std::array<bool, kMaxRank> seen{};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    TFLD_ASSIGN_OR_RETURN(permutation[i], ResolveAxis(context, axes[i], rank));
    bool& taken = seen[static_cast<std::size_t>(permutation[i])];
    if (taken) return context.Error(StrCat("axis ", axes[i], " stands twice in the permutation"));
    taken = true;
  }
  return permutation;
}

}  // namespace

Status InferTranspose(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Permutation permutation, ReadPermutation(context));
  Shape shape = context.Input(0).shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    shape.set_dim(axis, context.Input(0).shape.dim(permutation[static_cast<std::size_t>(axis)]));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareTranspose(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Permutation permutation, ReadPermutation(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  StridedBox box{.shape = context.Output(0).shape, .from = {}, .to = DenseStrides(context.Output(0).shape)};
  const Strides strides = DenseStrides(context.Input(0).shape);
  for (std::size_t axis = 0; axis < kMaxRank; ++axis) {
    if (static_cast<int>(axis) < box.shape.rank())
      box.from[axis] = strides[static_cast<std::size_t>(permutation[axis])];
  }
  return DispatchMovable(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.transpose", [box](const RunContext& run) -> Status {
      CopyBox(box, InputElements<T>(run, 0), OutputElements<T>(run, 0, box.shape.NumElements()));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
