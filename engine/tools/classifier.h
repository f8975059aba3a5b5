// The best classes of a classifier's output.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"

namespace tfld::engine {

struct RankedClass {
  int index = 0;
  double score = 0.0;
};

// The `count` greatest of `scores`, best first; of equal ones the first.
std::vector<RankedClass> BestClasses(std::span<const double> scores, std::size_t count);

// Whether the value is a distribution over classes: what a SOFTMAX or LOGISTIC made of one row.
bool IsClassifierOutput(const Graph& graph, ValueId output);

// One label a line; a number before it, as in "0  person", is its class.
Result<std::vector<std::string>> ReadLabels(const std::string& path);

}  // namespace tfld::engine
