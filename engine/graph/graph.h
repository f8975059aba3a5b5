// Graph: the nodes and values of one subgraph, in execution order; Program: all subgraphs of a model.
//
// The importer makes it from verified bytes; passes and planning change copies of it. Invariants after import:
// every ValueId in a node is in range (or kNoValue in an optional place), nodes are in topological order, a value has
// at most one producer, inputs and constants have none, `data` of a constant is exactly as long as its type and shape
// say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/attributes.h"
#include "engine/graph/op_code.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/quantization.h"
#include "engine/tensor/shape.h"
#include "engine/tensor/sparsity.h"

namespace tfld::engine {

using ValueId = std::int32_t;  // index into Graph::values
inline constexpr ValueId kNoValue = -1;

// A tensor of the graph: what flows along its edges.
struct Value {
  std::string name;  // may be empty
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::int32_t> shape_signature;  // as `shape`, with -1 where the model leaves the size open; or empty
  std::shared_ptr<const Quantization> quantization;  // never null; empty() when not quantized
  std::span<const std::byte> data;                   // of a constant, aligned for its type; kept alive by the Program
  bool is_constant = false;                          // `data` counts, even when it is empty
  bool is_variable = false;                          // keeps its contents from run to run
  bool is_dynamic = false;                           // its shape is known only when it has been computed
  std::shared_ptr<const Sparsity> sparsity;          // when there, `data` holds only what it says is stored

  // Of a value that is quantized per tensor (or the first channel's).
  float scale() const { return quantization->empty() ? 0.0F : quantization->scales[0]; }
  std::int32_t zero_point() const { return quantization->empty() ? 0 : quantization->zero_points[0]; }
  std::size_t byte_size() const { return ByteSize(type, shape.NumElements()); }
};

// An operator with its edges.
struct Node {
  OpCode op = OpCode::kCustom;
  int version = 1;
  std::string custom_name;  // when op is kCustom
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<ValueId> intermediates;
  Attributes attributes;
  std::span<const std::byte> custom_options;
  bool is_removed = false;  // a pass took it out; it stays in its place, so that numbers are those of the file

  std::string_view op_name() const { return op == OpCode::kCustom ? std::string_view(custom_name) : OpCodeName(op); }
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;

  const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
  Value& value(ValueId id) { return values[static_cast<std::size_t>(id)]; }
};

// A name for a way into the program: which graph, and what its inputs and outputs are called.
struct Signature {
  struct Entry {
    std::string name;
    ValueId value = kNoValue;
  };
  std::string key;
  int graph = 0;
  std::vector<Entry> inputs;
  std::vector<Entry> outputs;
};

struct Metadata {
  std::string name;
  std::span<const std::byte> data;
};

struct Program {
  std::string description;
  std::vector<Graph> graphs;  // at least one; the first is the main graph
  std::vector<Signature> signatures;
  std::vector<Metadata> metadata;
  int num_resources = 0;  // variables and hash tables that VAR_HANDLE and HASHTABLE nodes name
  // What the spans above point into: the mapped file and buffers made by the importer and by passes.
  std::vector<std::shared_ptr<const void>> storage;
};

}  // namespace tfld::engine
