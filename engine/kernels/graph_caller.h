// GraphCaller: how operators that run other graphs (IF, WHILE) plan their calls.
#pragma once

#include <span>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

// What is known about a tensor that is passed into a graph or comes out of it.
struct Argument {
  ElementType type = ElementType::kFloat32;
  Shape shape;
  bool is_dynamic = false;          // the shape is known only at run time
  const Value* constant = nullptr;  // into a graph only: the caller's constant, when it is one
};

// Implemented by the planner. Errors name the graph.
class GraphCaller {
 public:
  virtual ~GraphCaller() = default;

  // A graph of the program, by its number in the file; null when there is none.
  virtual const Graph* Find(int graph) const = 0;

  // The results of a graph for these arguments, without planning it for good.
  virtual Result<std::vector<Argument>> Infer(int graph, std::span<const Argument> arguments) = 0;

  // Plans the graph for one call with these arguments: every call has buffers of its own. The result is the number for
  // SessionServices::RunGraph.
  virtual Result<int> Plan(int graph, std::span<const Argument> arguments) = 0;
};

}  // namespace tfld::engine
