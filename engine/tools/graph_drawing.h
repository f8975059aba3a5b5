// Drawings of a model's graphs: as text to read and as a DOT file for Graphviz.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/tools/inspection.h"

namespace tfld::engine {

// The graphs that a node of the program runs: CALL_ONCE its initializer, IF and WHILE their branches.
struct CalledGraph {
  int graph = 0;
  std::string role;  // "then", "body" ...
};
std::vector<CalledGraph> CalledGraphs(const Node& node);

// For each graph its inputs, one line a node with what it makes, from what, and what runs it, and its outputs:
//
//   graph 0 (main)
//     inputs   %0 input_1: int8 [1, 49, 10, 1]
//     node 0   CONV_2D v3    %12: int8 [1, 25, 5, 64] <- %0, constant %1: int8 [64, 10, 4, 1]    xnnpack.conv2d_qs8
//     outputs  %12
std::string DrawText(const Inspection& inspection);

// A cluster for each graph; ellipses for inputs and outputs, boxes for nodes, coloured by who runs them (the part of
// the kernel's name before its dot), types and shapes on the edges; constants stand in the box of their reader.
std::string DrawDot(const Inspection& inspection, std::string_view title);

}  // namespace tfld::engine
