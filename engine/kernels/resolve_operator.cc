// How a node finds its operator.
#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"
#include "engine/kernels/operator.h"
#include "engine/kernels/registered_operators.h"

namespace tfld::engine {
namespace {

Status CheckArity(const Graph& graph, int node_index, const Arity& arity) {
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  const auto error = [&](const auto&... pieces) {
    return InvalidArgument(StrCat(DescribeNode(graph, node_index), " version ", node.version, ": ", pieces...));
  };
  const int inputs = static_cast<int>(node.inputs.size());
  const int outputs = static_cast<int>(node.outputs.size());
  if (inputs < arity.min_inputs || inputs > arity.max_inputs) {
    return error("has ", inputs, " inputs; expected ", arity.min_inputs, " to ", arity.max_inputs);
  }
  if (outputs < arity.min_outputs || outputs > arity.max_outputs) {
    return error("has ", outputs, " outputs; expected ", arity.min_outputs, " to ", arity.max_outputs);
  }
  for (int i = 0; i < arity.min_inputs; ++i) {
    if (node.inputs[static_cast<std::size_t>(i)] == kNoValue) return error("input ", i, " is missing");
  }
  for (int i = 0; i < outputs; ++i) {
    if (node.outputs[static_cast<std::size_t>(i)] == kNoValue) return error("output ", i, " is missing");
  }
  return {};
}

}  // namespace

const Operator* FindOperator(const Node& node) {
  for (const Operator& candidate : Operators()) {
    if (candidate.code == node.op && (node.op != OpCode::kCustom || candidate.custom_name == node.custom_name)) {
      return &candidate;
    }
  }
  return node.op == OpCode::kCustom ? FindRegistered(node.custom_name) : nullptr;
}

Result<const Operator*> ResolveOperator(const Graph& graph, int node_index) {
  const Node& node = graph.nodes[static_cast<std::size_t>(node_index)];
  const Operator* found = FindOperator(node);
  if (found == nullptr) {
    return Unimplemented(
        StrCat(DescribeNode(graph, node_index), " version ", node.version, ": there is no kernel for this operator"));
  }
  if (node.version > found->max_version) {
    return Unimplemented(StrCat(DescribeNode(graph, node_index), " version ", node.version,
                                ": supported are versions up to ", found->max_version));
  }
  TFLD_RETURN_IF_ERROR(CheckArity(graph, node_index, found->arity));
  return found;
}

}  // namespace tfld::engine
