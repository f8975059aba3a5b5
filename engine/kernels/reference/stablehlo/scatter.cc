// STABLEHLO_SCATTER: the operand with updates at the places that index vectors say, combined with what is there by the
// one operator of the update graph. Updates that fall outside are left out.
#include <cstring>

#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/stablehlo/combine.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"
#include "engine/kernels/reference/stablehlo/start_vectors.h"

namespace tfld::engine::reference {
namespace {

constexpr int kOperand = 0, kIndices = 1, kUpdates = 2;
constexpr int kNoAxis = -1;

struct Plan {
  StartVectors starts;
  Shape operand, updates;
  std::vector<int> window_axes;             // of the operand, for each dimension of the updates; kNoAxis for batches
  std::vector<std::int64_t> index_strides;  // of the indices, for each dimension of the updates; 0 for windows

  static Result<Plan> Make(const OpContext& context);
};

Result<Plan> Plan::Make(const OpContext& context) {
  const auto& attributes = context.attributes<StablehloScatterAttributes>();
  Plan plan;
  plan.operand = context.Input(kOperand).shape;
  plan.updates = context.Input(kUpdates).shape;
  const int rank = plan.operand.rank();
  TFLD_RETURN_IF_ERROR(CheckDims(context, "update_window_dims", attributes.update_window_dims, plan.updates.rank()));
  TFLD_RETURN_IF_ERROR(CheckDims(context, "inserted_window_dims", attributes.inserted_window_dims, rank));
  TFLD_ASSIGN_OR_RETURN(plan.starts, StartVectors::Make(context, kIndices, attributes.index_vector_dim,
                                                        attributes.scatter_dims_to_operand_dims, rank));
  const std::vector<int> axes = OtherDims(attributes.inserted_window_dims, rank);
  const std::vector<int> batches = OtherDims(attributes.update_window_dims, plan.updates.rank());
  if (axes.size() != attributes.update_window_dims.size() || batches.size() != plan.starts.batch_sizes.size()) {
    return context.Error(StrCat("updates ", plan.updates.ToString(), " do not go with operand ",
                                plan.operand.ToString(), " and indices ", context.Input(kIndices).shape.ToString()));
  }
  plan.window_axes.assign(static_cast<std::size_t>(plan.updates.rank()), kNoAxis);
  plan.index_strides.assign(static_cast<std::size_t>(plan.updates.rank()), 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    plan.window_axes[static_cast<std::size_t>(attributes.update_window_dims[i])] = axes[i];
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (plan.updates.dim(batches[i]) != plan.starts.batch_sizes[i]) {
      return context.Error(
          StrCat("updates ", plan.updates.ToString(), " for indices ", context.Input(kIndices).shape.ToString()));
    }
    plan.index_strides[static_cast<std::size_t>(batches[i])] = plan.starts.batch_strides[i];
  }
  return plan;
}

// Where an element of the updates goes, in elements from the start of the operand; negative when outside.
template <typename Index>
std::int64_t Target(const Plan& plan, const Strides& strides, const Index* indices, const Position& at) {
  std::int64_t vector = 0;
  for (std::size_t dim = 0; dim < plan.index_strides.size(); ++dim) vector += at[dim] * plan.index_strides[dim];
  Position place = plan.starts.Read(indices, vector);
  std::int64_t target = 0;
  for (std::size_t dim = 0; dim < plan.window_axes.size(); ++dim) {
    if (plan.window_axes[dim] == kNoAxis) continue;
    std::int64_t& index = place[static_cast<std::size_t>(plan.window_axes[dim])];
    if (__builtin_add_overflow(index, at[dim], &index)) return -1;
  }
  for (int axis = 0; axis < plan.operand.rank(); ++axis) {
    const auto a = static_cast<std::size_t>(axis);
    if (place[a] < 0 || place[a] >= plan.operand.dim(axis)) return -1;
    target += place[a] * strides[a];
  }
  return target;
}

template <Combination kind, typename T, typename Index>
void Scatter(const Plan& plan, const Index* indices, const T* updates, T* output) {
  if (plan.updates.NumElements() == 0) return;
  const Strides strides = DenseStrides(plan.operand);
  Position at{};
  do {
    const std::int64_t target = Target(plan, strides, indices, at);
    if (target >= 0) output[target] = Combine<kind>(output[target], *updates);
    ++updates;
  } while (NextPosition(plan.updates, at));
}

}  // namespace

Status InferStablehloScatter(InferContext& context) {
  TFLD_RETURN_IF_ERROR(Plan::Make(context).status());
  return context.SetOutputShape(0, context.Input(kOperand).shape);
}

Status PrepareStablehloScatter(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kOperand, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kUpdates, 0));
  TFLD_ASSIGN_OR_RETURN(const Plan plan, Plan::Make(context));
  TFLD_ASSIGN_OR_RETURN(const Combination combination,
                        CombinationOf(context, context.attributes<StablehloScatterAttributes>().update_graph));
  return DispatchCombinable(context, context.Input(kOperand).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchCombination(combination, [&]<Combination kind>(CombinationTag<kind>) -> Status {
      const bool wide = context.Input(kIndices).type == ElementType::kInt64;
      const std::size_t bytes = context.Input(kOperand).byte_size();
      return context.Emit("reference.stablehlo_scatter", [=](const RunContext& run) -> Status {
        T* output = run.Output<T>(0);
        if (bytes > 0) std::memcpy(output, run.Input<T>(kOperand), bytes);
        if (wide) {
          Scatter<kind>(plan, run.Input<std::int64_t>(kIndices), run.Input<T>(kUpdates), output);
        } else {
          Scatter<kind>(plan, run.Input<std::int32_t>(kIndices), run.Input<T>(kUpdates), output);
        }
        return {};
      });
    });
  });
}

}  // namespace tfld::engine::reference
