#include "engine/model/topology.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/graph/callees.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

std::string NodeTensor(const Graph& graph, int node, std::string_view verb, ValueId id) {
  return StrCat(DescribeNode(graph, node), " ", verb, " ", DescribeValue(graph, id));
}

bool IsZero(const Value& value) {
  return value.is_constant && std::ranges::all_of(value.data, [](std::byte byte) { return byte == std::byte{0}; });
}

// The operators that write their variables too.
bool IsRecurrent(const Node& node) {
  switch (node.op) {
    case OpCode::kBidirectionalSequenceLstm:
    case OpCode::kBidirectionalSequenceRnn:
    case OpCode::kLstm:
    case OpCode::kRnn:
    case OpCode::kSvdf:
    case OpCode::kUnidirectionalSequenceLstm:
    case OpCode::kUnidirectionalSequenceRnn: return true;
    default: return false;
  }
}

// Models with 16-bit floats say of the state of a recurrent operator that it begins with zeros, which a node converts
// to 32 bits. The state is kept from run to run all the same.
bool IsStateThatBeginsWithZeros(const Graph& graph, const Node& writer, ValueId id) {
  if (writer.op != OpCode::kDequantize || writer.inputs.size() != 1 || writer.inputs[0] == kNoValue) return false;
  const Value& start = graph.value(writer.inputs[0]);
  if (start.type != ElementType::kFloat16 || !IsZero(start)) return false;
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    return IsRecurrent(node) && std::ranges::find(node.inputs, id) != node.inputs.end();
  });
}

// A value of its own for what a node would write to a variable. Nothing reads it.
ValueId AddCopy(Graph& graph, ValueId id) {
  Value copy = graph.value(id);
  copy.is_variable = false;
  copy.name.clear();
  graph.values.push_back(std::move(copy));
  return static_cast<ValueId>(graph.values.size()) - 1;
}

// A value without elements needs no writer: converters leave out the nodes that would compute it.
bool TakeAsEmptyConstant(Value& value) {
  if (value.shape.rank() == 0 || value.shape.NumElements() != 0) return false;
  value.is_constant = true;
  return true;
}

Status CheckGraph(Graph& graph) {
  std::vector<bool> written(graph.values.size());
  const auto mark = [&](ValueId id) { written[static_cast<std::size_t>(id)] = true; };
  const auto is_written = [&](ValueId id) { return written[static_cast<std::size_t>(id)]; };
  std::vector<bool> used(graph.values.size());  // read, written by a node, or an input

  for (const ValueId id : graph.inputs) {
    if (graph.value(id).is_constant)
      return InvalidArgument(StrCat("graph input ", DescribeValue(graph, id), " is a constant"));
    mark(id);
    used[static_cast<std::size_t>(id)] = true;
  }
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].is_constant || graph.values[i].is_variable) written[i] = true;
  }
  for (int index = 0; index < static_cast<int>(graph.nodes.size()); ++index) {
    Node& node = graph.nodes[static_cast<std::size_t>(index)];
    for (const ValueId id : node.inputs) {
      if (id == kNoValue) continue;
      used[static_cast<std::size_t>(id)] = true;
      if (is_written(id)) continue;
      if (!TakeAsEmptyConstant(graph.value(id))) {
        return InvalidArgument(StrCat(NodeTensor(graph, index, "reads", id), ", which nothing has written before"));
      }
      mark(id);
    }
    for (ValueId& id : node.outputs) {
      const bool is_new = graph.value(id).is_variable && !used[static_cast<std::size_t>(id)];
      if (is_new && IsStateThatBeginsWithZeros(graph, node, id)) {
        id = AddCopy(graph, id);
        written.push_back(false);
        used.push_back(false);
      } else if (is_new) {
        graph.value(id).is_variable = false;  // every run begins with what this node writes, so nothing is kept
      } else if (is_written(id)) {
        return InvalidArgument(StrCat(NodeTensor(graph, index, "writes", id),
                                      ", which is an input, a constant, a variable or another node's output"));
      }
      mark(id);
      used[static_cast<std::size_t>(id)] = true;
    }
  }
  for (const ValueId id : graph.outputs) {
    if (!is_written(id) && !TakeAsEmptyConstant(graph.value(id))) {
      return InvalidArgument(StrCat("graph output ", DescribeValue(graph, id), " is never written"));
    }
  }
  return {};
}

class CallChecker {
 public:
  explicit CallChecker(const Program& program) : program_(program), state_(program.graphs.size(), State::kNew) {}

  Status Visit(int index) {
    State& state = state_[static_cast<std::size_t>(index)];
    if (state == State::kDone) return {};
    if (state == State::kOpen) return InvalidArgument(StrCat("subgraph ", index, " calls itself"));
    state = State::kOpen;
    const Graph& graph = program_.graphs[static_cast<std::size_t>(index)];
    for (int node = 0; node < static_cast<int>(graph.nodes.size()); ++node) {
      for (const int callee : Callees(graph.nodes[static_cast<std::size_t>(node)])) {
        if (callee < 0 || static_cast<std::size_t>(callee) >= program_.graphs.size()) {
          return InvalidArgument(
              StrCat(DescribeNode(graph, node), " calls subgraph ", callee, ", which does not exist"));
        }
        TFLD_RETURN_IF_ERROR(Visit(callee));
      }
    }
    state_[static_cast<std::size_t>(index)] = State::kDone;
    return {};
  }

 private:
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  const Program& program_;
  std::vector<State> state_;
};

}  // namespace

Status CheckTopology(Program& program) {
  for (std::size_t i = 0; i < program.graphs.size(); ++i) {
    if (const Status status = CheckGraph(program.graphs[i]); !status.ok())
      return status.WithContext(StrCat("subgraph ", i));
  }
  CallChecker calls(program);
  for (std::size_t i = 0; i < program.graphs.size(); ++i) TFLD_RETURN_IF_ERROR(calls.Visit(static_cast<int>(i)));
  return {};
}

}  // namespace tfld::engine
