// SPARSE_TO_DENSE: a tensor of the shape that input 1 says, full of input 3, with the values of input 2 (or the only
// one) at the coordinates of input 0: [n] or a scalar for one axis, [n, axes] for more. Of several at one place the
// last stays.
#include <algorithm>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/index_vectors.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 0;
constexpr int kShape = 1;
constexpr int kValues = 2;
constexpr int kDefault = 3;

// Indices of less than two axes are vectors of one coordinate.
Result<IndexVectors> ReadGeometry(const OpContext& context, const Shape& output) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kIndices, 0, 2));
  const Shape& indices = context.Input(kIndices).shape;
  const Shape vectors = indices.rank() == 2 ? indices : Shape{indices.rank() == 0 ? 1 : indices.dim(0), 1};
  const Shape& values = context.Input(kValues).shape;
  if (vectors.dim(1) != output.rank() || (values.rank() > 0 && values.NumElements() != vectors.dim(0))) {
    return context.Error(StrCat("indices of shape ", indices.ToString(), " and values of shape ", values.ToString(),
                                " for an output of shape ", output.ToString()));
  }
  return IndexVectors::Make(context, vectors, output);
}

}  // namespace

Status InferSparseToDense(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, ConstantShape(context, kShape));
  TFLD_RETURN_IF_ERROR(ReadGeometry(context, shape).status());
  if (context.Input(kDefault).shape.NumElements() != 1) return context.Error("expected one default value");
  return context.SetOutputShape(0, shape);
}

Status PrepareSparseToDense(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto vectors, ReadGeometry(context, context.Output(0).shape));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kValues, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kDefault, 0));
  const std::int64_t count = context.Output(0).shape.NumElements();
  const std::int64_t value_step = context.Input(kValues).shape.rank() == 0 ? 0 : 1;
  return DispatchElementSize(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchType<std::int32_t, std::int64_t>(
        context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.sparse_to_dense", [=](const RunContext& run) -> Status {
            T* output = run.Output<T>(0);
            std::fill_n(output, count, *run.Input<T>(kDefault));
            for (std::int64_t i = 0; i < vectors.count(); ++i) {
              TFLD_ASSIGN_OR_RETURN(const std::int64_t at, vectors.Offset(run.Input<Index>(kIndices), i));
              output[at] = run.Input<T>(kValues)[i * value_step];
            }
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
