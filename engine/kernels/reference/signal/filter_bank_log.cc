// SignalPCAN and SignalFilterBankLog: per-channel gain control and logarithms of the energies of mel channels, in fixed
// point.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/signal.h"

namespace tfld::engine::reference {
namespace {

constexpr int kNoiseEstimate = 1;
constexpr int kGains = 2;

// log(x) of integers. log2(1 + f) is f plus a small bend, which is a table with 128 straight segments.
class FixedPointLog {
 public:
  FixedPointLog() {
    for (std::size_t i = 0; i < bend_.size(); ++i) {
      const double f = static_cast<double>(i) / kSegments;
      bend_[i] = static_cast<std::int32_t>(std::lround(kOne * (std::log2(1 + f) - f)));
    }
  }

  // log(x) * scale, rounded; x is not 0. Wraps in 32 bits.
  std::uint32_t operator()(std::uint32_t x, std::uint32_t scale) const {
    constexpr std::uint64_t kLogOf2 = 45426;  // ln(2) * kOne
    constexpr std::uint32_t kHalf = kOne / 2;
    const auto whole = static_cast<std::uint32_t>(std::bit_width(x) - 1);
    const std::uint32_t log2 = (whole << kFractionBits) + Fraction(x, static_cast<int>(whole));
    const auto log = static_cast<std::uint32_t>((kLogOf2 * log2 + kHalf) >> kFractionBits);
    return (scale * log + kHalf) >> kFractionBits;
  }

 private:
  static constexpr int kFractionBits = 16, kSegmentBits = 7;
  static constexpr int kOne = 1 << kFractionBits, kSegments = 1 << kSegmentBits;

  std::uint32_t Fraction(std::uint32_t x, int whole) const {
    const std::uint32_t above = x - (1U << whole);
    const auto f = static_cast<std::int32_t>(whole < kFractionBits ? above << (kFractionBits - whole)
                                                                   : above >> (whole - kFractionBits));
    constexpr int kPositionBits = kFractionBits - kSegmentBits;
    const auto segment = static_cast<std::size_t>(f >> kPositionBits);
    const std::int32_t position = f & ((1 << kPositionBits) - 1);
    const std::int32_t step = ((bend_[segment + 1] - bend_[segment]) * position) >> kFractionBits;
    return static_cast<std::uint32_t>(f + bend_[segment] + step);
  }

  std::array<std::int32_t, kSegments + 1> bend_;
};

// The gain for a level of noise: a parabola for each power of two. The table has three numbers for the first levels,
// then {offset, slope, curvature, 0} for each power.
constexpr std::int64_t GainsFor(std::uint32_t noise) {
  return noise <= 2 ? noise + 1 : 4 * std::int64_t{std::bit_width(noise)} - 6 + 3;
}

std::int16_t Gain(std::uint32_t noise, const std::int16_t* gains) {
  if (noise <= 2) return gains[noise];
  const int power = std::bit_width(noise);
  const std::int16_t* parabola = gains + 4 * power - 6;
  const std::uint32_t position = (power < 11 ? noise << (11 - power) : noise >> (power - 11)) & 0x3FFU;
  const auto x = static_cast<std::int32_t>(position);
  const std::int32_t slope = ((std::int32_t{parabola[2]} * x) >> 5) + std::int32_t{parabola[1]} * 32;
  const auto rise = static_cast<std::int32_t>(static_cast<std::uint32_t>(slope) * position + (1U << 14)) >> 15;
  return static_cast<std::int16_t>(rise + parabola[0]);
}

// x * x / 4 below 2, x - 1 from there on: 12 fractional bits become 6.
std::uint32_t Shrink(std::uint32_t x) {
  constexpr int kInputBits = 12, kOutputBits = 6;
  if (x < 2U << kInputBits) return (x * x) >> (2 + 2 * kInputBits - kOutputBits);
  return (x >> (kInputBits - kOutputBits)) - (1U << kOutputBits);
}

}  // namespace

Status PrepareSignalPcan(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kNoiseEstimate, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kGains, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kGains, 1, 1));
  if (context.Input(kNoiseEstimate).shape != context.Input(0).shape) {
    return context.Error("the noise estimate has another shape than the channels");
  }
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const int shift, options.IntBetween("snr_shift", 0, 63));
  const std::int64_t size = context.Input(0).shape.NumElements();
  const std::int64_t gains = context.Input(kGains).shape.NumElements();
  return context.Emit("reference.signal_pcan", [=](const RunContext& run) -> Status {
    for (std::int64_t i = 0; i < size; ++i) {
      const std::uint32_t noise = run.Input<std::uint32_t>(kNoiseEstimate)[i];
      if (GainsFor(noise) > gains) {
        return OutOfRange(StrCat("noise of ", noise, " needs ", GainsFor(noise), " gains; there are ", gains));
      }
      const auto gain = static_cast<std::uint32_t>(Gain(noise, run.Input<std::int16_t>(kGains)));
      const std::uint64_t product = std::uint64_t{run.Input<std::uint32_t>(0)[i]} * gain;
      run.Output<std::uint32_t>(0)[i] = Shrink(static_cast<std::uint32_t>(product >> shift));
    }
    return {};
  });
}

// min(log(input << input_correction_bits) * output_scale, 32767); 0 where the shifted input is 0 or 1.
Status PrepareSignalFilterBankLog(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt16}));
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const int bits, options.IntBetween("input_correction_bits", 0, 31));
  TFLD_ASSIGN_OR_RETURN(const std::int32_t scale, options.Int("output_scale"));
  const std::int64_t size = context.Input(0).shape.NumElements();
  return context.Emit("reference.signal_filter_bank_log", [=, log = FixedPointLog()](const RunContext& run) -> Status {
    constexpr std::uint32_t kGreatest = std::numeric_limits<std::int16_t>::max();
    for (std::int64_t i = 0; i < size; ++i) {
      const std::uint32_t x = run.Input<std::uint32_t>(0)[i] << bits;
      const std::uint32_t value = x > 1 ? log(x, static_cast<std::uint32_t>(scale)) : 0;
      run.Output<std::int16_t>(0)[i] = static_cast<std::int16_t>(std::min(value, kGreatest));
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
