// SCATTER_ND: zeros of the shape that input 2 says, to which updates[i..] is added at the place that indices[i..]
// names.
#include <algorithm>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/index_vectors.h"
#include "engine/kernels/reference/movement.h"
#include "engine/kernels/reference/wrapping.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 0;
constexpr int kUpdates = 1;
constexpr int kShape = 2;

// The updates must be one slice of the output for each vector of indices.
Status CheckUpdates(const OpContext& context, const IndexVectors& vectors, const Shape& output) {
  const Shape& indices = context.Input(kIndices).shape;
  const Shape& updates = context.Input(kUpdates).shape;
  const int outer = indices.rank() - 1;
  const bool fits = updates.rank() - outer == output.rank() - vectors.depth() &&
                    std::ranges::equal(updates.dims().first(static_cast<std::size_t>(outer)),
                                       indices.dims().first(static_cast<std::size_t>(outer))) &&
                    std::ranges::equal(updates.dims().subspan(static_cast<std::size_t>(outer)),
                                       output.dims().subspan(static_cast<std::size_t>(vectors.depth())));
  if (fits) return {};
  return context.Error(StrCat("updates of shape ", updates.ToString(), " do not fit to indices of shape ",
                              indices.ToString(), " and an output of shape ", output.ToString()));
}

}  // namespace

Status InferScatterNd(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape shape, ConstantShape(context, kShape));
  TFLD_ASSIGN_OR_RETURN(const auto vectors, IndexVectors::Make(context, context.Input(kIndices).shape, shape));
  TFLD_RETURN_IF_ERROR(CheckUpdates(context, vectors, shape));
  return context.SetOutputShape(0, shape);
}

Status PrepareScatterNd(PrepareContext& context) {
  const Shape& output = context.Output(0).shape;
  TFLD_ASSIGN_OR_RETURN(const auto vectors, IndexVectors::Make(context, context.Input(kIndices).shape, output));
  TFLD_RETURN_IF_ERROR(CheckUpdates(context, vectors, output));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kUpdates, 0));
  const std::int64_t count = output.NumElements();
  return DispatchType<float, bool, std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::int64_t>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return DispatchType<std::int32_t, std::int64_t>(
            context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
              return context.Emit("reference.scatter_nd", [vectors, count](const RunContext& run) -> Status {
                T* to = run.Output<T>(0);
                std::fill_n(to, count, T{});
                const T* update = run.Input<T>(kUpdates);
                for (std::int64_t i = 0; i < vectors.count(); ++i) {
                  TFLD_ASSIGN_OR_RETURN(const std::int64_t at, vectors.Offset(run.Input<Index>(kIndices), i));
                  for (std::int64_t k = 0; k < vectors.slice_size(); ++k, ++update) {
                    to[at + k] = WrappingSum(to[at + k], *update);
                  }
                }
                return {};
              });
            });
      });
}

}  // namespace tfld::engine::reference
