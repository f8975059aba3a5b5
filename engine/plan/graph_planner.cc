#include "engine/plan/graph_planner.h"

#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"
#include "engine/kernels/operator.h"
#include "engine/plan/expand_sparse.h"
#include "engine/plan/fold_constants.h"
#include "engine/plan/late_kernel.h"
#include "engine/plan/size_limit.h"

namespace tfld::engine {
namespace {

// What is folded of one graph takes seconds at most; a computation on constants that is larger than this runs when the
// model does, where it can be timed and stopped.
constexpr double kMaxFoldedOperations = 2e9;

class GraphPlanner {
 public:
  GraphPlanner(Graph graph, int graph_index, const PlanOptions& options,
               std::span<const std::unique_ptr<Delegate>> delegates, GraphCaller& caller,
               std::vector<NodeOutcome>& outcomes)
      : graph_index_(graph_index), options_(options), delegates_(delegates), caller_(caller), outcomes_(outcomes) {
    result_.source = graph_index;
    result_.graph = std::move(graph);
  }

  Result<PreparedGraph> Run() {
    TFLD_RETURN_IF_ERROR(CheckVariables());
    TFLD_RETURN_IF_ERROR(CheckEmptyValues());
    TFLD_RETURN_IF_ERROR(
        ExpandSparseConstants(result_.graph, options_.max_arena_bytes, result_.storage, result_.folded_bytes));
    // After a node that is not supported the shapes behind it are unknown; the rest is only looked up, so that the
    // message names every operator that is missing.
    bool shapes_known = true;
    for (int node = 0; node < static_cast<int>(result_.graph.nodes.size()); ++node) {
      if (result_.graph.nodes[static_cast<std::size_t>(node)].is_removed) {
        outcomes_.push_back({graph_index_, node, "removed", {}});
        continue;
      }
      Status status = Plan(node, shapes_known);
      if (!status.ok() && status.code() != StatusCode::kUnimplemented) return status;
      if (!status.ok()) shapes_known = false;
      outcomes_.push_back({graph_index_, node, status.ok() && shapes_known ? kernel_name_ : "", std::move(status)});
    }
    return std::move(result_);
  }

 private:
  // Their memory is laid out once and keeps its contents.
  Status CheckVariables() const {
    const Graph& graph = result_.graph;
    for (ValueId id = 0; id < static_cast<ValueId>(graph.values.size()); ++id) {
      if (!graph.value(id).is_variable || !graph.value(id).is_dynamic) continue;
      return Unimplemented(StrCat(DescribeValue(graph, id), ": a variable whose size is known only at run time"));
    }
    return {};
  }

  // Inputs and constants; what nodes compute is checked when its shape is known.
  Status CheckEmptyValues() const {
    for (ValueId id = 0; id < static_cast<ValueId>(result_.graph.values.size()); ++id) {
      TFLD_RETURN_IF_ERROR(CheckEmpty(result_.graph, id, options_.max_arena_bytes));
    }
    return {};
  }

  Status Plan(int node, bool shapes_known) {
    Graph& graph = result_.graph;
    TFLD_ASSIGN_OR_RETURN(const Operator* definition, ResolveOperator(graph, node));
    if (!shapes_known) return {};
    if (!definition->takes_dynamic && HasOpenShapes(node)) return PrepareLate(node, *definition);
    InferContext infer(graph, node, &caller_);
    if (Status status = definition->infer(infer); !status.ok()) {
      return infer.needed_inputs().empty() ? std::move(status) : PrepareLate(node, *definition);
    }
    TFLD_RETURN_IF_ERROR(CheckOutputSizes(node));
    const auto cost = FoldingCost(graph, node, *definition, options_.max_arena_bytes - result_.folded_bytes);
    if (cost.has_value() && *cost <= folding_left_) {
      kernel_name_ = "folded";
      folding_left_ -= *cost;
      return Fold(graph, node, *definition, options_.max_arena_bytes, caller_, result_.storage, result_.folded_bytes);
    }
    return Prepare(node, *definition);
  }

  const Node& NodeAt(int node) const { return result_.graph.nodes[static_cast<std::size_t>(node)]; }

  // Whether an input's shape, or the bytes that a string takes, are known only when the node runs.
  bool HasOpenShapes(int node) const {
    const auto is_text = [&](ValueId id) {
      return id != kNoValue && result_.graph.value(id).type == ElementType::kString;
    };
    const auto is_open = [&](ValueId id) { return id != kNoValue && result_.graph.value(id).is_dynamic; };
    const Node& self = NodeAt(node);
    return std::ranges::any_of(self.inputs, is_open) || std::ranges::any_of(self.inputs, is_text) ||
           std::ranges::any_of(self.outputs, is_text);
  }

  // Leaves the node's planning to the run.
  Status PrepareLate(int node, const Operator& definition) {
    for (const ValueId id : NodeAt(node).outputs) result_.graph.value(id).is_dynamic = true;
    PreparedStep step{.node = node,
                      .kernel = MakeLateKernel(result_.graph, node, definition, caller_, options_.max_arena_bytes)};
    kernel_name_ = step.kernel->name();
    result_.steps.push_back(std::move(step));
    return {};
  }

  Status CheckOutputSizes(int node) const {
    for (const ValueId id : NodeAt(node).outputs) {
      if (result_.graph.value(id).is_dynamic) continue;
      TFLD_RETURN_IF_ERROR(
          CheckSize(result_.graph, id, options_.max_arena_bytes).WithContext(DescribeNode(result_.graph, node)));
    }
    return {};
  }

  Status Prepare(int node, const Operator& definition) {
    for (const auto& delegate : delegates_) {
      PrepareContext context(result_.graph, node, options_.threads, /*caller=*/nullptr, options_.max_arena_bytes);
      TFLD_RETURN_IF_ERROR(delegate->Prepare(context));
      if (context.emitted()) return Take(context, definition);
    }
    PrepareContext context(result_.graph, node, options_.threads, &caller_);
    if (Status status = definition.prepare(context); !status.ok()) {
      return context.needed_inputs().empty() ? std::move(status) : PrepareLate(node, definition);
    }
    if (!context.emitted()) return context.Unsupported("no kernel takes it in this form");
    return Take(context, definition);
  }

  Status Take(PrepareContext& context, const Operator& definition) {
    PreparedStep step{.node = context.node_index(),
                      .kernel = context.TakeKernel(),
                      .scratch = {context.scratch().begin(), context.scratch().end()},
                      .is_view = definition.is_view};
    kernel_name_ = step.kernel->name();
    result_.steps.push_back(std::move(step));
    return {};
  }

  const int graph_index_;
  const PlanOptions& options_;
  const std::span<const std::unique_ptr<Delegate>> delegates_;
  GraphCaller& caller_;
  std::vector<NodeOutcome>& outcomes_;
  PreparedGraph result_;
  std::string kernel_name_;
  double folding_left_ = kMaxFoldedOperations;
};

}  // namespace

Result<PreparedGraph> PrepareGraph(Graph graph, int graph_index, const PlanOptions& options,
                                   std::span<const std::unique_ptr<Delegate>> delegates, GraphCaller& caller,
                                   std::vector<NodeOutcome>& outcomes) {
  return GraphPlanner(std::move(graph), graph_index, options, delegates, caller, outcomes).Run();
}

}  // namespace tfld::engine
