// An explanation for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/tools/explain.h"

namespace tfld::engine {

// The first node that is out, and a table of the worst nodes; each line begins with `indent`.
void PrintExplanation(const Explanation& explanation, std::string_view indent);

// {"against", "first": node or null, "nodes": [{"graph", "node", "operator", "kernel", "tensor", "dtype",
// "max_abs_diff", "allowed", "within", "drift", "place", "actual", "expected"}, ...]}, the worst nodes first.
nlohmann::ordered_json ToJson(const Explanation& explanation);

}  // namespace tfld::engine
