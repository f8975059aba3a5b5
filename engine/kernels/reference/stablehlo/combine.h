// Functions that make one element out of two, for every type that has them: what StableHLO's elementwise operators
// compute, and what its scatters and reductions do with each element.
//
// Integers wrap; bool counts as 0 and 1; 16-bit floats are computed in float and rounded.
#pragma once

#include <cstdint>
#include <type_traits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/half.h"

namespace tfld::engine::reference {

// kAnd and kOr take integers bit by bit; kAll and kAny ask whether they are not 0.
enum class Combination { kAssign, kAdd, kMultiply, kMaximum, kMinimum, kAnd, kOr, kAll, kAny };

template <Combination kind, typename T>
T Combine(T a, T b) {
  if constexpr (kind == Combination::kAssign) {
    return b;
  } else if constexpr (kIsHalf<T>) {
    return T::Round(Combine<kind>(static_cast<float>(a), static_cast<float>(b)));
  } else if constexpr (kind == Combination::kMaximum) {
    return a < b ? b : a;
  } else if constexpr (kind == Combination::kMinimum) {
    return b < a ? b : a;
  } else if constexpr (kind == Combination::kAnd && std::is_integral_v<T>) {
    return static_cast<T>(a & b);
  } else if constexpr (kind == Combination::kOr && std::is_integral_v<T>) {
    return static_cast<T>(a | b);
  } else if constexpr (kind == Combination::kAnd || kind == Combination::kAll) {
    return static_cast<T>(a != 0 && b != 0);
  } else if constexpr (kind == Combination::kOr || kind == Combination::kAny) {
    return static_cast<T>(a != 0 || b != 0);
  } else if constexpr (std::is_same_v<T, bool>) {
    return kind == Combination::kAdd ? a || b : a && b;
  } else if constexpr (std::is_integral_v<T>) {
    const auto wide_a = static_cast<std::uint64_t>(a), wide_b = static_cast<std::uint64_t>(b);
    return static_cast<T>(kind == Combination::kAdd ? wide_a + wide_b : wide_a * wide_b);
  } else {
    return kind == Combination::kAdd ? a + b : a * b;
  }
}

// Calls function(CombinationTag<kind>{}).
template <Combination kind>
using CombinationTag = std::integral_constant<Combination, kind>;

template <typename Function>
Status DispatchCombination(Combination kind, Function&& function) {
  switch (kind) {
    case Combination::kAssign: return function(CombinationTag<Combination::kAssign>{});
    case Combination::kAdd: return function(CombinationTag<Combination::kAdd>{});
    case Combination::kMultiply: return function(CombinationTag<Combination::kMultiply>{});
    case Combination::kMaximum: return function(CombinationTag<Combination::kMaximum>{});
    case Combination::kMinimum: return function(CombinationTag<Combination::kMinimum>{});
    case Combination::kAnd: return function(CombinationTag<Combination::kAnd>{});
    case Combination::kOr: return function(CombinationTag<Combination::kOr>{});
    case Combination::kAll: return function(CombinationTag<Combination::kAll>{});
    case Combination::kAny: break;
  }
  return function(CombinationTag<Combination::kAny>{});
}

template <typename Function>
Status DispatchCombinable(const OpContext& context, ElementType type, Function&& function) {
  return DispatchType<float, double, Half, BFloat16, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                      std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t, bool>(context, type, function);
}

// What a graph of one node does to two elements: which of them decides only when the graph is empty, and then it is the
// second. UNIMPLEMENTED for other graphs.
inline Result<Combination> CombinationOf(const OpContext& context, int graph_index) {
  const Graph* graph = context.Subgraph(graph_index);
  if (graph == nullptr) return context.Error(StrCat("there is no graph ", graph_index));
  const Node* only = nullptr;
  for (const Node& node : graph->nodes) {
    if (node.is_removed) continue;
    if (only != nullptr) return context.Unsupported(StrCat("graph ", graph_index, " has more than one node"));
    only = &node;
  }
  if (only == nullptr) return Combination::kAssign;
  switch (only->op) {
    case OpCode::kAdd:
    case OpCode::kStablehloAdd: return Combination::kAdd;
    case OpCode::kMul:
    case OpCode::kStablehloMultiply: return Combination::kMultiply;
    case OpCode::kMaximum:
    case OpCode::kStablehloMaximum: return Combination::kMaximum;
    case OpCode::kMinimum:
    case OpCode::kStablehloMinimum: return Combination::kMinimum;
    case OpCode::kLogicalAnd:
    case OpCode::kStablehloAnd: return Combination::kAnd;
    case OpCode::kLogicalOr:
    case OpCode::kStablehloOr: return Combination::kOr;
    default: break;
  }
  return context.Unsupported(StrCat("graph ", graph_index, " combines elements by ", only->op_name()));
}

}  // namespace tfld::engine::reference
