// TOPK_V2: the k greatest elements of each row, the greatest first, and where they stand in it. Of equal ones the first
// comes first; NaN comes last.
#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kCount = 1;
constexpr int kValues = 0;
constexpr int kIndices = 1;

Result<std::int32_t> ReadCount(const OpContext& context) {
  if (context.Input(kCount).type == ElementType::kInt16) {
    TFLD_ASSIGN_OR_RETURN(const std::int16_t count, ConstantScalar<std::int16_t>(context, kCount));
    return std::int32_t{count};
  }
  return ConstantScalar<std::int32_t>(context, kCount);
}

template <typename T>
bool ComesBefore(const T* row, std::int32_t a, std::int32_t b) {
  if constexpr (kIsFloat<T>) {
    const bool a_is_number = row[a] == row[a], b_is_number = row[b] == row[b];
    if (a_is_number != b_is_number) return a_is_number;
  }
  if (row[a] > row[b]) return true;
  return row[a] < row[b] ? false : a < b;
}

}  // namespace

Status InferTopK(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t k, ReadCount(context));
  Shape shape = context.Input(0).shape;
  const int last = shape.rank() - 1;
  if (k > shape.dim(last)) return context.Error(StrCat("the greatest ", k, " of ", shape.dim(last), " elements"));
  shape.set_dim(last, std::max(k, 0));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kValues, shape));
  return context.SetOutputShape(kIndices, shape);
}

Status PrepareTopK(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, kValues));
  const Shape& shape = context.Input(0).shape;
  const std::int32_t size = shape.dim(shape.rank() - 1);
  const std::int64_t rows = shape.Product(0, shape.rank() - 1);
  const std::int32_t k = context.Output(kValues).shape.dim(shape.rank() - 1);
  if (context.Output(kIndices).type == ElementType::kInt16 && size > std::numeric_limits<std::int16_t>::max()) {
    return context.Error(StrCat("positions in rows of ", size, " elements do not fit into int16"));
  }
  const int scratch = context.RequestScratch(static_cast<std::size_t>(size) * sizeof(std::int32_t));
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::int64_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return DispatchType<std::int32_t, std::int16_t>(
            context, context.Output(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
              return context.Emit("reference.top_k", [=](const RunContext& run) -> Status {
                auto* order = run.Scratch<std::int32_t>(scratch);
                const T* row = run.Input<T>(0);
                T* values = run.Output<T>(kValues);
                Index* indices = run.Output<Index>(kIndices);
                for (std::int64_t n = 0; n < rows; ++n, row += size) {
                  std::iota(order, order + size, 0);
                  std::partial_sort(order, order + k, order + size,
                                    [row](std::int32_t a, std::int32_t b) { return ComesBefore(row, a, b); });
                  for (std::int32_t i = 0; i < k; ++i) {
                    *values++ = row[order[i]];
                    *indices++ = static_cast<Index>(order[i]);
                  }
                }
                return {};
              });
            });
      });
}

}  // namespace tfld::engine::reference
