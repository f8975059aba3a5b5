#include "engine/graph/operation_count.h"

#include <algorithm>
#include <set>

namespace tfld::engine {
namespace {

const Value* Find(const Graph& graph, const std::vector<ValueId>& ids, std::size_t index) {
  return index < ids.size() && ids[index] != kNoValue ? &graph.value(ids[index]) : nullptr;
}

double Elements(const Value* value) { return value != nullptr ? static_cast<double>(value->shape.NumElements()) : 0.0; }

// Elements of a weight [output channels, ...] or [1, h, w, channels] that meet in one output element.
double PerOutput(const Value* weights, int channel_axis) {
  if (weights == nullptr || weights->shape.rank() <= channel_axis) return 0.0;
  return Elements(weights) / std::max(1, weights->shape.dim(channel_axis));
}

double PoolWindow(const Node& node) {
  const auto* pool = std::get_if<Pool2dAttributes>(&node.attributes);
  return pool != nullptr ? static_cast<double>(pool->filter_h) * pool->filter_w : 0.0;
}

// [..., rows, depth] by [..., depth, columns]: twice the output's elements times the depth.
double BatchMatMul(const Value* left, const Value* output) {
  const int rank = left != nullptr ? left->shape.rank() : 0;
  return rank < 2 ? 0.0 : 2.0 * Elements(output) * left->shape.dim(rank - 1);
}

bool OnlyMovesData(OpCode op) {
  switch (op) {
    case OpCode::kReshape:
    case OpCode::kConcatenation:
    case OpCode::kPad:
    case OpCode::kPadv2:
    case OpCode::kStridedSlice:
    case OpCode::kSlice:
    case OpCode::kGather:
    case OpCode::kSplit:
    case OpCode::kSplitV:
    case OpCode::kPack:
    case OpCode::kUnpack:
    case OpCode::kTranspose:
    case OpCode::kSqueeze:
    case OpCode::kExpandDims:
    case OpCode::kShape:
    case OpCode::kVarHandle:
    case OpCode::kReadVariable:
    case OpCode::kAssignVariable:
    case OpCode::kCallOnce:
    case OpCode::kDepthToSpace:
    case OpCode::kSpaceToDepth: return true;
    default: return false;
  }
}

}  // namespace

double CountOperations(const Graph& graph, const Node& node) {
  const Value* input = Find(graph, node.inputs, 0);
  const Value* weights = Find(graph, node.inputs, 1);
  const Value* output = Find(graph, node.outputs, 0);
  switch (node.op) {
    case OpCode::kConv2d:
    case OpCode::kFullyConnected: return 2.0 * Elements(output) * PerOutput(weights, 0);
    case OpCode::kDepthwiseConv2d: return 2.0 * Elements(output) * PerOutput(weights, 3);
    // Each input element meets every weight of its input channel: output shape, weights, input.
    case OpCode::kTransposeConv: return 2.0 * Elements(Find(graph, node.inputs, 2)) * PerOutput(weights, 3);
    case OpCode::kBatchMatmul: return BatchMatMul(input, output);
    case OpCode::kAveragePool2d:
    case OpCode::kMaxPool2d: return Elements(output) * PoolWindow(node);
    case OpCode::kMean:
    case OpCode::kSum: return Elements(input);
    default: return OnlyMovesData(node.op) ? 0.0 : Elements(output);
  }
}

double CountParameters(const Graph& graph) {
  std::set<ValueId> seen;
  double count = 0.0;
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !graph.value(id).is_constant || !seen.insert(id).second) continue;
      const Value& value = graph.value(id);
      if (IsFloatingPoint(value.type) || !value.quantization->empty()) count += Elements(&value);
    }
  }
  return count;
}

}  // namespace tfld::engine
