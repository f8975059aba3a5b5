// Operator: the definition of one operator as the engine knows it, and the one list of all of them.
#pragma once

#include <span>
#include <string_view>

#include "engine/kernels/op_context.h"

namespace tfld::engine {

// Computes and checks output shapes. Also called for every backend, so it belongs to the operator, not to a kernel.
using InferFunction = Status (*)(InferContext&);
// Emits the portable, exact kernel. Never declines: it fails with Unsupported, naming what it does not take.
using PrepareFunction = Status (*)(PrepareContext&);

struct Arity {
  int min_inputs;  // these many must be present
  int max_inputs;  // kAnyNumber: no limit
  int min_outputs;
  int max_outputs;
};
inline constexpr int kAnyNumber = 1 << 20;

struct Operator {
  OpCode code;
  std::string_view custom_name;  // when code is kCustom
  int max_version;               // the newest version whose semantics the kernel has
  Arity arity;
  InferFunction infer;
  PrepareFunction prepare;
  bool foldable = true;        // no side effects and no session state: may run at load when all inputs are constant
  bool is_view = false;        // output 0 has the bytes of input 0 (RESHAPE): the planner lets them share memory
  bool shape_only = false;     // computes from shapes alone (SHAPE): always runs at load
  bool takes_dynamic = false;  // its rule and its kernel know what to do with tensors whose shape comes out of the run
};

// All operators, from the one explicit list in kernels/operators.cc.
std::span<const Operator> Operators();

// The definition for a node, or null when the engine has none.
const Operator* FindOperator(const Node& node);

// Looks up the operator and checks version and arity. UNIMPLEMENTED names the operator, its version and what exists.
Result<const Operator*> ResolveOperator(const Graph& graph, int node_index);

}  // namespace tfld::engine
