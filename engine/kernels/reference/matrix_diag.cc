// MATRIX_DIAG: for each row of the input, a square matrix of zeros with the row on its diagonal.
// MATRIX_SET_DIAG: the input's matrices with the rows of input 1 on their diagonals.
#include <algorithm>

#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

struct Matrices {
  std::int64_t batches, rows, columns;
};

Matrices MatricesOf(const Shape& shape) {
  const int rank = shape.rank();
  return {.batches = shape.Product(0, rank - 2), .rows = shape.dim(rank - 2), .columns = shape.dim(rank - 1)};
}

template <typename T>
void WriteDiagonals(const Matrices& m, const T* diagonal, T* output) {
  for (std::int64_t n = 0; n < m.batches; ++n, output += m.rows * m.columns) {
    for (std::int64_t i = 0; i < std::min(m.rows, m.columns); ++i) output[i * m.columns + i] = *diagonal++;
  }
}

}  // namespace

Status InferMatrixDiag(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank - 1));
  Shape shape = context.Input(0).shape;
  shape.Append(shape.dim(shape.rank() - 1));
  return context.SetOutputShape(0, shape);
}

Status PrepareMatrixDiag(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Matrices matrices = MatricesOf(context.Output(0).shape);
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.matrix_diag", [matrices](const RunContext& run) -> Status {
      std::fill_n(run.Output<T>(0), matrices.batches * matrices.rows * matrices.columns, T{});
      WriteDiagonals(matrices, run.Input<T>(0), run.Output<T>(0));
      return {};
    });
  });
}

Status InferMatrixSetDiag(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, kMaxRank));
  const Shape& input = context.Input(0).shape;
  const Shape& diagonal = context.Input(1).shape;
  Shape expected;
  for (int axis = 0; axis + 2 < input.rank(); ++axis) expected.Append(input.dim(axis));
  expected.Append(std::min(input.dim(input.rank() - 2), input.dim(input.rank() - 1)));
  if (!(diagonal == expected)) {
    return context.Error(StrCat("diagonals of shape ", diagonal.ToString(), " for matrices of shape ", input.ToString(),
                                "; expected ", expected.ToString()));
  }
  return context.SetOutputShape(0, input);
}

Status PrepareMatrixSetDiag(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(1, 0));
  const Matrices matrices = MatricesOf(context.Output(0).shape);
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.matrix_set_diag", [matrices](const RunContext& run) -> Status {
      CopyElements(run.Input<T>(0), run.Output<T>(0), matrices.batches * matrices.rows * matrices.columns);
      WriteDiagonals(matrices, run.Input<T>(1), run.Output<T>(0));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
