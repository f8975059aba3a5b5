#include "engine/golden/tolerance.h"

#include <algorithm>

namespace tfld::engine {
namespace {

constexpr double kReferenceRelative = 1e-6;
constexpr double kOperatorRelative = 2e-5;
constexpr double kNetworkRelative = 1e-4;
constexpr double kDynamicRangeRelative = 0.02;
constexpr double kOperatorSteps = 1.0;
constexpr double kNetworkSteps = 4.0;
// A floating point output that was dequantized moves in steps of about this part of its largest magnitude.
constexpr double kStepOfLargest = 1.0 / 127.0;

bool IsContinuous(ElementType type) {
  return IsFloatingPoint(type) || type == ElementType::kComplex64 || type == ElementType::kComplex128;
}

bool IsEightBit(ElementType type) { return type == ElementType::kInt8 || type == ElementType::kUInt8; }

double AllowedSteps(const CaseFacts& facts, const OutputFacts& output) {
  if (facts.one_operator) return IsEightBit(output.type) ? kOperatorSteps : 0.0;
  const bool quantized = IsEightBit(output.type) || output.type == ElementType::kInt16;
  return std::max(quantized ? kNetworkSteps : 0.0, 2.0 * output.kernels_diff.value_or(0.0));
}

double AllowedRelative(const CaseFacts& facts) {
  double relative = facts.one_operator ? kOperatorRelative : kNetworkRelative;
  if (facts.dynamic_range) relative = std::max(relative, kDynamicRangeRelative);
  if (facts.float_io) {
    relative = std::max(relative, (facts.one_operator ? kOperatorSteps : kNetworkSteps) * kStepOfLargest);
  }
  return relative;
}

}  // namespace

double AllowedDifference(const CaseFacts& facts, const OutputFacts& output) {
  const bool continuous = IsContinuous(output.type);
  if (facts.given) {
    return continuous ? facts.given->absolute + facts.given->relative * output.largest : facts.given->steps;
  }
  if (facts.backend == Backend::kReference && !facts.by_default_kernels)
    return continuous ? kReferenceRelative * output.largest : 0.0;
  if (!continuous) return AllowedSteps(facts, output);
  const double allowed = AllowedRelative(facts) * output.largest;
  return facts.one_operator || !(facts.integer_input || facts.float_io)
             ? allowed
             : std::max(allowed, 2.0 * output.kernels_diff.value_or(0.0));
}

}  // namespace tfld::engine
