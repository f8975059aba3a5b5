// LOGISTIC and TANH of 16-bit numbers: sigmoid(i / 24) * 2^16 at 256 points, with straight lines between them.
//
// The table's figures are those of TensorFlow Lite's reference; nearly all are rounded up, no single rounding gives
// them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

inline constexpr std::uint16_t kSigmoidTable[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794, 41432, 42064, 42688,
    43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409,
    51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433,
    57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110,
    61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186,
    63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308,
    64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900,
    64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208,
    65221, 65234, 65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367,
    65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449,
    65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491,
    65493, 65495, 65497, 65498, 65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513,
    65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524,
    65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530,
    65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
    65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
};

// LOGISTIC and TANH of an int16 tensor.
class Sigmoid16 {
 public:
  // Inputs of the scale 2^-12 need no rescaling; for TANH, nor do those of 2^-11. The table wants 3 * 2^12 steps to
  // one.
  Sigmoid16(float scale, int greatest_shift) {
    const float log = std::log2(scale);
    const auto rounded = static_cast<int>(std::clamp(std::round(log), -100.0F, 100.0F));
    if (std::abs(log - std::round(log)) < 1e-3F && rounded + 12 >= 0 && rounded + 12 <= greatest_shift) {
      multiplier_ = 3 << (rounded + 12);
      return;
    }
    double multiplier = static_cast<double>(scale) * 4096.0 * 3.0;
    for (; multiplier <= 32767.0 / 2.0 && shift_ <= 30; ++shift_) multiplier *= 2.0;
    multiplier_ = static_cast<std::int32_t>(std::min(multiplier, 32767.0));
  }

  std::int16_t Logistic(std::int16_t value) const {
    const std::int32_t x = Scale(value);
    const std::int64_t result = Interpolate(std::abs(x), 9, 0x7FFFLL << 10);
    return static_cast<std::int16_t>((x >= 0 ? result + (1 << 9) : (1 << 25) - result + (1 << 9) - 1) >> 10);
  }

  // 2 * sigmoid(2x) - 1
  std::int16_t Tanh(std::int16_t value) const {
    const std::int32_t x = Scale(value);
    const std::int64_t result = Interpolate(std::abs(x), 8, 0xFFFFLL << 8);
    return static_cast<std::int16_t>((x >= 0 ? result - (1 << 23) + (1 << 7) : (1 << 23) - result + (1 << 7) - 1) >> 8);
  }

 private:
  std::int32_t Scale(std::int16_t value) const {
    const std::int64_t half = shift_ > 0 ? std::int64_t{1} << (shift_ - 1) : 0;
    return static_cast<std::int32_t>((std::int64_t{value} * multiplier_ + half) >> shift_);
  }

  // With `bits` of fraction between two points.
  static std::int64_t Interpolate(std::int32_t x, int bits, std::int64_t greatest) {
    const std::int32_t index = x >> bits;
    if (index >= 255) return greatest;
    const std::int64_t here = kSigmoidTable[index], next = kSigmoidTable[index + 1];
    return (here << bits) + (x & ((1 << bits) - 1)) * (next - here);
  }

  std::int32_t multiplier_ = 0;
  int shift_ = 0;
};

// The output has steps of 2^-15, and all zero points are 0.
inline Status CheckSigmoid16(const OpContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  const bool scale_fits = std::abs(std::log2(output.scale()) + 15.0F) < 1e-3F;
  if (scale_fits && input.zero_point() == 0 && output.zero_point() == 0 && input.scale() < 2.0F) return {};
  return context.Unsupported("16-bit numbers with other quantizations than to 1/32768 without zero points");
}

}  // namespace tfld::engine::reference
