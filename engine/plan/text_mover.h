// TextMover: lets operators that only move elements (GATHER, TILE, RESHAPE) move strings.
//
// The operator is planned and run on int32 numbers in the place of the strings: each number says which string of which
// input came there, and 0, which an operator fills in by itself, says that it is an empty one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/operator.h"

namespace tfld::engine {

class TextMover {
 public:
  // Turns the strings of a graph of one node into numbers. `is_text` by input and by output.
  explicit TextMover(Graph& alone);

  // Whether the operator moves elements without looking at them, and the node has strings.
  static bool IsNeededFor(const Node& node, const Graph& graph);

  // Before the kernel runs: the numbers of input `index` of `run` in the place of its strings.
  bool is_text_input(std::size_t index) const { return is_text_input_[index]; }
  bool is_text_output(std::size_t index) const { return is_text_output_[index]; }
  void* Number(std::size_t input, const std::byte* strings);
  // The place for the numbers of an output.
  void* Reserve(std::size_t output, std::int64_t count);
  // After it has run: writes the strings that the numbers of output `index` stand for.
  Status Write(std::size_t output, OutputResizer& resizer) const;
  // Before the inputs of another run are numbered.
  void Begin() { strings_.clear(); }

 private:
  std::vector<bool> is_text_input_;
  std::vector<bool> is_text_output_;
  std::vector<std::vector<std::int32_t>> input_numbers_;
  std::vector<std::vector<std::int32_t>> output_numbers_;
  std::vector<std::string_view> strings_;  // of all inputs; number n stands for the one at n - 1
};

}  // namespace tfld::engine
