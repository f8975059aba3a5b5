// GATHER_ND: output[i..] = input[indices[i.., 0], indices[i.., 1], ..], where the last axis of the indices names as
// many axes of the input as it is long; the other axes of the input are taken whole.
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/index_vectors.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 1;

Result<IndexVectors> ReadGeometry(const OpContext& context) {
  return IndexVectors::Make(context, context.Input(kIndices).shape, context.Input(0).shape);
}

}  // namespace

Status InferGatherNd(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const IndexVectors vectors, ReadGeometry(context));
  const Shape& input = context.Input(0).shape;
  const Shape& indices = context.Input(kIndices).shape;
  if (indices.rank() - 1 + input.rank() - vectors.depth() > kMaxRank) {
    return context.Error("the output has too many axes");
  }
  Shape shape;
  for (int axis = 0; axis + 1 < indices.rank(); ++axis) shape.Append(indices.dim(axis));
  for (int axis = vectors.depth(); axis < input.rank(); ++axis) shape.Append(input.dim(axis));
  return context.SetOutputShape(0, shape);
}

Status PrepareGatherNd(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const IndexVectors vectors, ReadGeometry(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchUnits(context, context.Input(0).type, [&]<typename T>(TypeTag<T>, std::int64_t units) -> Status {
    const std::int64_t slice = vectors.slice_size() * units;
    const std::int64_t total = slice * vectors.count();
    return DispatchType<std::int32_t, std::int64_t, std::int16_t>(
        context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.gather_nd", [=](const RunContext& run) -> Status {
            const auto from = InputElements<T>(run, 0);
            const auto to = OutputElements<T>(run, 0, total);
            for (std::int64_t i = 0; i < vectors.count(); ++i) {
              TFLD_ASSIGN_OR_RETURN(const std::int64_t at, vectors.Offset(run.Input<Index>(kIndices), i));
              CopyElements(from + at * units, to + i * slice, slice);
            }
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
