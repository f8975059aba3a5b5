#include "engine/plan/program_planner.h"

#include <algorithm>
#include <variant>

#include "engine/base/str_cat.h"
#include "engine/graph/callees.h"
#include "engine/passes/passes.h"

namespace tfld::engine {
namespace {

// Every call is planned by itself, and calls may nest; more than this no model needs.
constexpr int kMaxCalls = 10'000;

Status SetArgument(Graph& graph, std::size_t index, const Argument& argument) {
  Value& value = graph.value(graph.inputs[index]);
  if (value.type != argument.type) {
    return InvalidArgument(StrCat("input ", index, " is ", ElementTypeName(value.type), "; it is called with ",
                                  ElementTypeName(argument.type)));
  }
  value.shape = argument.shape;
  value.is_dynamic = argument.is_dynamic;
  if (argument.constant != nullptr) {
    value.is_constant = true;
    value.data = argument.constant->data;
  }
  return {};
}

std::vector<Argument> ResultsOf(const Graph& graph) {
  std::vector<Argument> results;
  for (const ValueId id : graph.outputs) {
    const Value& value = graph.value(id);
    results.push_back({.type = value.type, .shape = value.shape, .is_dynamic = value.is_dynamic});
  }
  return results;
}

bool HasCalls(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) { return !Callees(node).empty(); });
}

}  // namespace

std::vector<ValueId> SignatureOutputs(const Program& program, int graph) {
  std::vector<ValueId> values;
  for (const Signature& signature : program.signatures) {
    if (signature.graph != graph) continue;
    for (const Signature::Entry& entry : signature.outputs) values.push_back(entry.value);
  }
  return values;
}

ProgramPlanner::ProgramPlanner(const Program& program, const PlanOptions& options, std::vector<NodeOutcome>& outcomes)
    : program_(program), options_(options), outcomes_(outcomes), delegates_(DelegatesFor(options.backend)) {
  has_outcomes_.resize(program.graphs.size());
}

Status ProgramPlanner::Run(std::span<const ShapeOverride> overrides) {
  graphs_.resize(program_.graphs.size());
  for (int index = 0; index < static_cast<int>(program_.graphs.size()); ++index) {
    const auto at = static_cast<std::size_t>(index);
    graphs_[at].source = index;
    if (!IsEntered(index)) continue;
    auto prepared = PrepareEntered(index, overrides);
    if (!prepared.ok()) {
      const Status& status = prepared.status();
      return program_.graphs.size() == 1 ? status : status.WithContext(StrCat("subgraph ", index));
    }
    prepared->is_entered = true;
    prepared->is_called = HasCalls(prepared->graph);
    graphs_[at] = std::move(prepared).value();
  }
  return {};
}

Result<PreparedGraph> ProgramPlanner::PrepareEntered(int index, std::span<const ShapeOverride> overrides) {
  Graph graph = program_.graphs[static_cast<std::size_t>(index)];
  const auto is_settled = [&](ValueId id) {
    return std::ranges::any_of(overrides, [&](const auto& o) { return o.graph == index && o.value == id; });
  };
  for (const ShapeOverride& override : overrides) {
    if (override.graph != index) continue;
    Value& value = graph.value(override.value);
    value.shape = override.shape;
    value.shape_signature.clear();  // the size is settled
  }
  RunPasses(graph, SignatureOutputs(program_, index));
  has_outcomes_[static_cast<std::size_t>(index)] = true;
  // What a file says about the size of an input that it leaves open is a placeholder, with which a graph that is right
  // may not work out; an input whose very rank is open looks like a scalar. Then everything that depends on it waits
  // for the real size.
  std::vector<ValueId> open;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.value(id);
    if (value.is_variable) continue;  // its memory is laid out once
    if (!value.shape_signature.empty() || (value.shape.rank() == 0 && !is_settled(id))) open.push_back(id);
  }
  const std::size_t outcomes = outcomes_.size();
  const std::size_t planned = graphs_.size();
  auto prepared = PrepareGraph(graph, index, options_, delegates_, *this, outcomes_);
  if (prepared.ok() || open.empty()) return prepared;
  outcomes_.resize(outcomes);
  graphs_.erase(graphs_.begin() + static_cast<std::ptrdiff_t>(planned), graphs_.end());
  for (const ValueId id : open) graph.value(id).is_dynamic = true;
  return PrepareGraph(std::move(graph), index, options_, delegates_, *this, outcomes_);
}

// The main graph, those of signatures, and those that CALL_ONCE runs.
bool ProgramPlanner::IsEntered(int graph) const {
  const auto is_here = [&](const Signature& signature) { return signature.graph == graph; };
  if (graph == 0 || std::ranges::any_of(program_.signatures, is_here)) return true;
  for (const Graph& caller : program_.graphs) {
    for (const Node& node : caller.nodes) {
      const auto* once = std::get_if<CallOnceAttributes>(&node.attributes);
      if (once != nullptr && once->init_subgraph == graph) return true;
    }
  }
  return false;
}

const Graph* ProgramPlanner::Find(int graph) const {
  const bool exists = graph >= 0 && static_cast<std::size_t>(graph) < program_.graphs.size();
  return exists ? &program_.graphs[static_cast<std::size_t>(graph)] : nullptr;
}

Result<PreparedGraph> ProgramPlanner::PrepareCall(int index, std::span<const Argument> arguments) {
  const Graph* source = Find(index);
  if (source == nullptr) return InvalidArgument(StrCat("subgraph ", index, " does not exist"));
  if (++calls_ > kMaxCalls) return ResourceExhausted(StrCat("more than ", kMaxCalls, " calls of subgraphs"));
  const std::string where = StrCat("subgraph ", index);
  Graph graph = *source;
  if (graph.inputs.size() != arguments.size()) {
    return InvalidArgument(
        StrCat(where, " has ", graph.inputs.size(), " inputs; it is called with ", arguments.size()));
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (const Status status = SetArgument(graph, i, arguments[i]); !status.ok()) return status.WithContext(where);
  }
  RunPasses(graph, {});
  std::vector<NodeOutcome> outcomes;
  auto prepared = PrepareGraph(std::move(graph), index, options_, delegates_, *this, outcomes);
  if (!prepared.ok()) return prepared.status().WithContext(where);
  prepared->is_called = true;
  const bool is_supported = std::ranges::all_of(outcomes, [](const NodeOutcome& o) { return o.status.ok(); });
  if (!has_outcomes_[static_cast<std::size_t>(index)]) {
    has_outcomes_[static_cast<std::size_t>(index)] = true;
    outcomes_.insert(outcomes_.end(), outcomes.begin(), outcomes.end());
  }
  if (!is_supported) return Unimplemented(where + " has operators that are not supported");
  return prepared;
}

Result<std::vector<Argument>> ProgramPlanner::Infer(int graph, std::span<const Argument> arguments) {
  const std::size_t planned = graphs_.size();
  auto prepared = PrepareCall(graph, arguments);
  graphs_.erase(graphs_.begin() + static_cast<std::ptrdiff_t>(planned), graphs_.end());
  if (!prepared.ok()) return prepared.status();
  return ResultsOf(prepared->graph);
}

Result<int> ProgramPlanner::Plan(int graph, std::span<const Argument> arguments) {
  TFLD_ASSIGN_OR_RETURN(auto prepared, PrepareCall(graph, arguments));
  graphs_.push_back(std::move(prepared));
  return static_cast<int>(graphs_.size()) - 1;
}

}  // namespace tfld::engine
