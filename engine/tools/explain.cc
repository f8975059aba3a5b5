#include "engine/tools/explain.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/golden/npy.h"
#include "engine/golden/run_step.h"
#include "engine/golden/tolerance.h"
#include "engine/runtime/session_impl.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxTensorBytes = std::size_t{1} << 30;

struct Loaded {
  std::shared_ptr<const Executable> executable;
  std::unique_ptr<Session> session;
};

Result<Loaded> Load(const std::shared_ptr<const Model>& model, const ExecutableOptions& options) {
  Loaded loaded;
  TFLD_ASSIGN_OR_RETURN(loaded.executable, Executable::Create(model, options));
  TFLD_ASSIGN_OR_RETURN(loaded.session, loaded.executable->NewSession());
  return loaded;
}

// Runs that are not looked at leave the state that the others start from.
struct Feeding {
  Feeder before;
  Feeder observed;
};

Status RunObserved(const Loaded& loaded, const Feeding& feeding, StepObserver& observer) {
  loaded.session->Reset();
  TFLD_RETURN_IF_ERROR(feeding.before(*loaded.executable, *loaded.session));
  loaded.session->SetObserver(&observer);
  Status status = feeding.observed(*loaded.executable, *loaded.session);
  loaded.session->SetObserver(nullptr);
  return status;
}

// Float activations with quantized weights: the node quantizes its input while it runs.
bool IsDynamicRange(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2 || node.inputs[0] == kNoValue || node.inputs[1] == kNoValue) return false;
  const Value& weights = graph.value(node.inputs[1]);
  return graph.value(node.inputs[0]).type == ElementType::kFloat32 && weights.is_constant &&
         !weights.quantization->empty();
}

double Excess(const NodeDifference& node) {
  if (!node.alone.problem.empty()) return std::numeric_limits<double>::infinity();
  if (node.alone.comparison.max_abs_diff == 0.0) return 0.0;
  return node.allowed > 0.0 ? node.alone.comparison.max_abs_diff / node.allowed
                            : std::numeric_limits<double>::infinity();
}

NodeDifference Judge(const Plan& plan, Backend judged_as, const TraceDifference& difference) {
  const Graph& graph = plan.graphs[static_cast<std::size_t>(difference.graph)].graph;
  const Node& node = graph.nodes[static_cast<std::size_t>(difference.node)];
  NodeDifference result;
  result.alone = difference;
  result.op = node.op_name();
  const CaseFacts facts{
      .backend = judged_as, .one_operator = true, .dynamic_range = IsDynamicRange(graph, node), .float_io = false};
  result.allowed = AllowedDifference(facts, {.type = difference.type, .largest = difference.comparison.largest});
  return result;
}

// Folds what is known of a node into one entry: the first run of it gives the order.
std::vector<NodeDifference> Judge(const Plan& plan, Backend judged_as, const TraceComparer& alone,
                                  const TraceComparer& drifting) {
  std::vector<NodeDifference> nodes;
  std::map<std::pair<int, int>, std::size_t> found;
  for (const TraceDifference& difference : alone.differences()) {
    NodeDifference judged = Judge(plan, judged_as, difference);
    const auto [entry, is_new] = found.try_emplace({difference.graph, difference.node}, nodes.size());
    if (is_new) {
      nodes.push_back(std::move(judged));
    } else if (Excess(judged) > Excess(nodes[entry->second])) {
      nodes[entry->second] = std::move(judged);
    }
  }
  for (const TraceDifference& difference : drifting.differences()) {
    const auto entry = found.find({difference.graph, difference.node});
    if (entry == found.end()) continue;
    double& drift = nodes[entry->second].drift;
    drift = std::max(drift, difference.comparison.max_abs_diff);
  }
  return nodes;
}

Result<Explanation> Compare(const Loaded& tested, Backend judged_as, const Trace& trace, bool has_gaps,
                            const Feeding& feeding) {
  TraceComparer alone(*tested.session, trace, {.replace = true, .has_gaps = has_gaps});
  const auto run = [&](TraceComparer& comparer) -> Status {
    Status status = RunObserved(tested, feeding, comparer);
    return comparer.parted() && status.code() == StatusCode::kCancelled ? Status() : std::move(status);
  };
  TFLD_RETURN_IF_ERROR(run(alone));
  TraceComparer drifting(*tested.session, trace, {.replace = false, .has_gaps = has_gaps});
  TFLD_RETURN_IF_ERROR(run(drifting));
  Explanation explanation;
  explanation.nodes = Judge(*tested.session->impl().plan, judged_as, alone, drifting);
  explanation.parted = alone.parted();
  return explanation;
}

// What the directory has of the outputs of the main graph's nodes, in the order of running.
Trace ReadTensors(const Plan& plan, const std::filesystem::path& directory) {
  Trace trace;
  const GraphPlan& main = plan.graphs[0];
  for (const Step& planned : main.steps) {
    TraceStep step{.graph = 0, .node = planned.node, .tensors = {}};
    for (const ValueId id : main.graph.nodes[static_cast<std::size_t>(planned.node)].outputs) {
      if (id == kNoValue) continue;
      auto array = ReadNpy((directory / StrCat(id, ".npy")).string(), kMaxTensorBytes);
      if (array.ok()) step.tensors.push_back({id, array->type, array->shape, std::move(array->data)});
    }
    if (!step.tensors.empty()) trace.push_back(std::move(step));
  }
  return trace;
}

Status FeedStep(const Executable& executable, Session& session, const GoldenStep& step) {
  TFLD_ASSIGN_OR_RETURN(const StepBinding binding, BindStep(executable, step));
  return RunStep(session, step, binding);
}

}  // namespace

const NodeDifference* Explanation::FirstOut() const {
  const auto found = std::ranges::find_if_not(nodes, &NodeDifference::within);
  return found == nodes.end() ? nullptr : &*found;
}

std::vector<const NodeDifference*> Explanation::Worst() const {
  std::vector<const NodeDifference*> list;
  for (const NodeDifference& node : nodes) {
    if (Excess(node) > 0.0 || node.drift > 0.0) list.push_back(&node);
  }
  std::ranges::stable_sort(list, std::ranges::greater(),
                           [](const NodeDifference* node) { return std::pair(Excess(*node), node->drift); });
  return list;
}

Feeder FeedGolden(const Golden& golden, std::size_t first, std::size_t end) {
  return [&golden, first, end](const Executable& executable, Session& session) -> Status {
    for (std::size_t i = first; i < end; ++i) {
      TFLD_RETURN_IF_ERROR(FeedStep(executable, session, golden.steps[i]));
    }
    return {};
  };
}

Result<Explanation> ExplainByBackend(const std::shared_ptr<const Model>& model, const ExecutableOptions& options,
                                     Backend other, const Feeder& feed, std::size_t max_trace_bytes) {
  TFLD_ASSIGN_OR_RETURN(const Loaded tested, Load(model, options));
  ExecutableOptions other_options = options;
  other_options.backend = other;
  TFLD_ASSIGN_OR_RETURN(const Loaded known, Load(model, other_options));
  Trace trace;
  TraceRecorder recorder(*known.session, trace, max_trace_bytes);
  const Feeding feeding{.before = [](const Executable&, Session&) { return Status(); }, .observed = feed};
  if (const Status status = RunObserved(known, feeding, recorder); status.code() == StatusCode::kCancelled) {
    return ResourceExhausted(StrCat("the contents of all nodes need more than ", max_trace_bytes, " bytes"));
  } else if (!status.ok()) {
    return status;
  }
  // Of two backends the one that is not the reference decides what may differ.
  const Backend judged_as = options.backend == Backend::kReference ? other : options.backend;
  TFLD_ASSIGN_OR_RETURN(Explanation explanation, Compare(tested, judged_as, trace, false, feeding));
  explanation.against = StrCat("backend ", BackendName(other));
  return explanation;
}

Result<Explanation> ExplainByTensors(const std::shared_ptr<const Model>& model, const ExecutableOptions& options,
                                     const Golden& golden) {
  TFLD_ASSIGN_OR_RETURN(const Loaded tested, Load(model, options));
  const std::filesystem::path directory = std::filesystem::path(golden.directory) / "tensors";
  const Trace trace = ReadTensors(*tested.session->impl().plan, directory);
  if (trace.empty()) return NotFound(StrCat("there are no tensors of nodes in ", directory.string()));
  const std::size_t last = golden.steps.size() - 1;
  const Feeding feeding{.before = FeedGolden(golden, 0, last), .observed = FeedGolden(golden, last, last + 1)};
  TFLD_ASSIGN_OR_RETURN(Explanation explanation, Compare(tested, options.backend, trace, true, feeding));
  explanation.against = "the golden's tensors";
  return explanation;
}

}  // namespace tfld::engine
