// The goldens that there are to conform to.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace tfld::test {

enum class Kind {
  kModel,     // a whole model
  kOperator,  // one or a few operators
  kBad,       // a shipped model that runs and must not pass its golden
};

struct Case {
  Kind kind = Kind::kOperator;
  std::string name;       // "golden/kws_int8/random", "ops/add/float32_8dc38c", "shipped/bearing_fault/1"
  std::string directory;  // with golden.json
  std::string model;      // path of the .tflite file
};

// For GoogleTest's messages.
void PrintTo(const Case& one, std::ostream* out);

// All of them, sorted by name: of $TFLD_SHARED/golden and /ops where there is such a directory, and of the models that
// the project ships.
std::vector<Case> AllCases();

// One case of every whole model.
std::vector<Case> WholeModels();

// Why the golden of a case is not what the operator means, when it is not; empty for all others.
std::string_view GoldenFault(const std::string& name);

// The name with nothing but letters, digits and underscores, as GoogleTest wants it.
std::string TestName(const std::string& name);

}  // namespace tfld::test
