// STABLEHLO_GATHER: slices of one size, taken out of the operand where index vectors say. The result has the dimensions
// of the indices and, at offset_dims, those of the slices that are not collapsed. Starts are moved so that slices fit.
#include <limits>

#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"
#include "engine/kernels/reference/stablehlo/start_vectors.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOperand = 0, kIndices = 1;

struct Plan {
  StartVectors starts;
  Shape operand, result;
  Position last_start{};                    // on each axis of the operand
  std::vector<std::int64_t> from_strides;   // of the operand, for each dimension of the result; 0 for batches
  std::vector<std::int64_t> index_strides;  // of the indices, for each dimension of the result; 0 for slices

  static Result<Plan> Make(const OpContext& context);
};

Status CheckSlices(const OpContext& context, const std::vector<std::int64_t>& sizes, const Shape& operand) {
  if (sizes.size() != static_cast<std::size_t>(operand.rank())) {
    return context.Error(StrCat(sizes.size(), " slice sizes for operand ", operand.ToString()));
  }
  for (int axis = 0; axis < operand.rank(); ++axis) {
    const std::int64_t size = sizes[static_cast<std::size_t>(axis)];
    if (size < 0 || size > operand.dim(axis)) {
      return context.Error(StrCat("slices of ", size, " on axis ", axis, " of operand ", operand.ToString()));
    }
  }
  return {};
}

Result<Plan> Plan::Make(const OpContext& context) {
  const auto& attributes = context.attributes<StablehloGatherAttributes>();
  Plan plan;
  plan.operand = context.Input(kOperand).shape;
  const int rank = plan.operand.rank();
  TFLD_RETURN_IF_ERROR(CheckSlices(context, attributes.slice_sizes, plan.operand));
  TFLD_RETURN_IF_ERROR(CheckDims(context, "collapsed_slice_dims", attributes.collapsed_slice_dims, rank));
  TFLD_ASSIGN_OR_RETURN(plan.starts, StartVectors::Make(context, kIndices, attributes.index_vector_dim,
                                                        attributes.start_index_map, rank));
  for (int axis = 0; axis < rank; ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    plan.last_start[at] = plan.operand.dim(axis) - attributes.slice_sizes[at];
  }
  const std::vector<int> slice_axes = OtherDims(attributes.collapsed_slice_dims, rank);
  const std::size_t result_rank = plan.starts.batch_sizes.size() + slice_axes.size();
  if (slice_axes.size() != attributes.offset_dims.size() || result_rank > kMaxRank) {
    return context.Error(StrCat(attributes.offset_dims.size(), " offset_dims for ", slice_axes.size(), " slice dims"));
  }
  TFLD_RETURN_IF_ERROR(CheckDims(context, "offset_dims", attributes.offset_dims, static_cast<int>(result_rank)));
  const Strides strides = DenseStrides(plan.operand);
  std::size_t batch = 0, slice = 0;
  for (int dim = 0; dim < static_cast<int>(result_rank); ++dim) {
    if (Contains(attributes.offset_dims, dim)) {
      const auto axis = static_cast<std::size_t>(slice_axes[slice++]);
      plan.result.Append(static_cast<std::int32_t>(attributes.slice_sizes[axis]));
      plan.from_strides.push_back(strides[axis]);
      plan.index_strides.push_back(0);
    } else {
      plan.result.Append(plan.starts.batch_sizes[batch]);
      plan.from_strides.push_back(0);
      plan.index_strides.push_back(plan.starts.batch_strides[batch++]);
    }
  }
  return plan;
}

template <typename T, typename Index>
void Gather(const Plan& plan, const T* operand, const Index* indices, T* result) {
  if (plan.result.NumElements() == 0) return;
  const Strides strides = DenseStrides(plan.operand);
  Position at{};
  do {
    std::int64_t from = 0, vector = 0;
    for (std::size_t dim = 0; dim < plan.from_strides.size(); ++dim) {
      from += at[dim] * plan.from_strides[dim];
      vector += at[dim] * plan.index_strides[dim];
    }
    const Position start = plan.starts.Read(indices, vector);
    for (const int axis : plan.starts.axes) {
      const auto a = static_cast<std::size_t>(axis);
      from += std::clamp<std::int64_t>(start[a], 0, plan.last_start[a]) * strides[a];
    }
    *result++ = operand[from];
  } while (NextPosition(plan.result, at));
}

}  // namespace

Status InferStablehloGather(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Plan plan, Plan::Make(context));
  return context.SetOutputShape(0, plan.result);
}

Status PrepareStablehloGather(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kOperand, 0));
  TFLD_ASSIGN_OR_RETURN(const Plan plan, Plan::Make(context));
  return DispatchElementSize(context, context.Input(kOperand).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchType<std::int32_t, std::int64_t>(
        context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.stablehlo_gather", [plan](const RunContext& run) -> Status {
            Gather(plan, run.Input<T>(kOperand), run.Input<Index>(kIndices), run.Output<T>(0));
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
