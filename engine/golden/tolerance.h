// How far an output may be from a golden: the one place with the rules.
#pragma once

#include <optional>

#include "engine/delegate/backend.h"
#include "engine/tensor/element_type.h"

namespace tfld::engine {

// What a golden itself allows, its "tolerance". `steps` is for integers; `relative` (to the largest magnitude in the
// output) and `absolute` add up, for floating point.
struct GivenTolerance {
  double steps = 0.0;
  double relative = 0.0;
  double absolute = 0.0;
};

// What the rules depend on, of a whole golden ...
struct CaseFacts {
  Backend backend = Backend::kReference;
  bool one_operator = false;        // a case of one operator, not a network
  bool dynamic_range = false;       // activations are quantized while it runs
  bool float_io = false;            // floating point outside, 8-bit integers inside
  bool integer_input = false;       // 8-bit integers go in, so floating point that comes out was integers before
  bool by_default_kernels = false;  // the golden itself is not of reference kernels
  std::optional<GivenTolerance> given{};
};

// ... and of one output.
struct OutputFacts {
  ElementType type = ElementType::kFloat32;
  double largest = 0.0;                  // magnitude in the expected output, of finite elements
  std::optional<double> kernels_diff{};  // how far LiteRT's own optimized kernels are from its reference there
};

// The greatest allowed absolute difference of an element; for integers in steps.
//
//   given       steps for integers; absolute + relative x largest for floating point
//   reference   integers equal; floating point 1e-6 x largest; a golden by default kernels: as others
//   others      one operator: 8-bit 1 step; floating point 2e-5 x largest
//               a network:    8 and 16 bit 4 steps, other integers and booleans equal, floating point 1e-4 x largest;
//               of
//                             integers and of what comes out of them twice kernels_diff, if that is more
//               dynamic range: 2 % of largest
double AllowedDifference(const CaseFacts& facts, const OutputFacts& output);

}  // namespace tfld::engine
