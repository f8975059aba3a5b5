#include "engine/tools/trace.h"

#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/runtime/session_impl.h"

namespace tfld::engine {
namespace {

// What a step may have written and its session holds memory of: outputs, and inputs that are variables.
std::vector<ValueId> WrittenValues(const Session::Impl& session, int graph_index, int node_index) {
  const Graph& graph = session.plan->graphs[static_cast<std::size_t>(graph_index)].graph;
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  std::vector<ValueId> values = node.outputs;
  for (const ValueId id : node.inputs) {
    if (id != kNoValue && graph.value(id).is_variable) values.push_back(id);
  }
  std::erase_if(values, [&](ValueId id) {
    return id == kNoValue || session.slot(graph_index, id) < 0 || graph.value(id).type == ElementType::kString;
  });
  return values;
}

TraceDifference DifferenceOf(const TraceTensor& expected, const TensorView& actual) {
  TraceDifference difference;
  difference.value = expected.value;
  difference.type = actual.type;
  difference.shape = actual.shape;
  if (actual.type != expected.type || actual.shape != expected.shape || actual.bytes.size() != expected.bytes.size()) {
    difference.problem = StrCat(ElementTypeName(actual.type), " ", actual.shape.ToString(), ", expected ",
                                ElementTypeName(expected.type), " ", expected.shape.ToString());
  } else {
    difference.comparison = Compare(actual.type, actual.bytes, expected.bytes);
  }
  return difference;
}

}  // namespace

void TraceRecorder::AfterStep(int, int node, std::string_view) {
  const int graph = session_.impl().observed_graph;
  TraceStep step{.graph = graph, .node = node, .tensors = {}};
  bytes_ += sizeof(TraceStep);
  for (const ValueId id : WrittenValues(session_.impl(), graph, node)) {
    const TensorView view = session_.impl().View(graph, id);
    bytes_ += sizeof(TraceTensor) + view.bytes.size();
    step.tensors.push_back({id, view.type, view.shape, {view.bytes.begin(), view.bytes.end()}});
  }
  trace_.push_back(std::move(step));
}

void TraceComparer::AfterStep(int source, int node, std::string_view kernel) {
  if (parted_) return;
  const int graph = session_.impl().observed_graph;
  if (next_ == trace_.size() || trace_[next_].graph != graph || trace_[next_].node != node) {
    parted_ = !options_.has_gaps;
    return;
  }
  for (const TraceTensor& expected : trace_[next_++].tensors) {
    const TensorView view = session_.impl().View(graph, expected.value);
    TraceDifference difference = DifferenceOf(expected, view);
    difference.graph = graph;
    difference.source = source;
    difference.node = node;
    difference.kernel = kernel;
    if (options_.replace && difference.problem.empty()) std::ranges::copy(expected.bytes, view.bytes.begin());
    differences_.push_back(std::move(difference));
  }
}

}  // namespace tfld::engine
