// Checks a loaded model against a golden. What `tfld-model check` prints, and what a version must pass before it
// serves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/golden/golden.h"
#include "tfld/engine.h"

namespace tfld::engine {

// One output of one step beside the golden's.
struct OutputReport {
  int step = 0;
  std::string name;
  ElementType type = ElementType::kFloat32;
  double max_abs_diff =
      0.0;               // greatest difference of an element; infinite when a shape differs or one of two is not finite
  double allowed = 0.0;  // as AllowedDifference says
  std::int64_t differing = 0;
  std::int64_t elements = 0;
  std::string problem;  // what differs beside elements (the shape); empty for nothing

  bool within() const { return problem.empty() && max_abs_diff <= allowed; }
};

struct GoldenReport {
  std::vector<OutputReport> outputs;  // of all steps, in order

  bool within() const;
  // The output that is the furthest out, or the nearest to it; null when there are no outputs.
  const OutputReport* worst() const;
  // One line: "Identity int8: greatest difference 3, allowed 1 (5 of 12 differ)".
  std::string Summary() const;
};

// Resets the session and runs all steps in it. An error means that the golden does not fit the model, or that a run
// failed; a result out of tolerance is not an error: see within(). Afterwards the session's shapes may be others and
// its state is the golden's.
Result<GoldenReport> CheckGolden(const Executable& executable, Session& session, const Golden& golden);

}  // namespace tfld::engine
