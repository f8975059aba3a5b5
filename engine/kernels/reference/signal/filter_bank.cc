// SignalFilterBank, SignalFilterBankSquareRoot, SignalFilterBankSpectralSubtraction: from the energies of a spectrum to
// those of mel channels, without their noise.
#include <bit>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/signal.h"
#include "engine/kernels/reference/stateful.h"

namespace tfld::engine::reference {
namespace {

constexpr int kWeights = 1, kUnweights = 2, kFrequencyStarts = 3, kWeightStarts = 4, kWidths = 5;
constexpr int kScaleBits = 1;
constexpr int kNoiseEstimate = 1;
constexpr std::int32_t kMaxChannels = 1 << 15;

Result<int> ReadChannels(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  return options.IntBetween("num_channels", 0, kMaxChannels);
}

// The parts of [0, size) that a filter may read.
struct Bounds {
  std::int64_t bins, weights;
};

Status CheckFilter(std::int64_t channel, std::int64_t frequency, std::int64_t weight, std::int64_t width,
                   const Bounds& bounds) {
  const auto fits = [width](std::int64_t start, std::int64_t size) { return start >= 0 && start + width <= size; };
  if (width <= 0 || (fits(frequency, bounds.bins) && fits(weight, bounds.weights))) return {};
  return OutOfRange(StrCat("filter ", channel, " reads ", width, " bins from ", frequency, " on with weights from ",
                           weight, " on; there are ", bounds.bins, " bins and ", bounds.weights, " weights"));
}

// Each bin counts with its weight for one channel and with its unweight for the next: the filters overlap by half.
// The first of the channels + 1 filters only gives its unweighted half.
Status ApplyFilters(const RunContext& run, std::int64_t channels, const Bounds& bounds) {
  const auto* energies = run.Input<std::uint32_t>(0);
  std::uint64_t from_previous = 0;
  for (std::int64_t i = 0; i <= channels; ++i) {
    const std::int64_t frequency = run.Input<std::int16_t>(kFrequencyStarts)[i];
    const std::int64_t weight = run.Input<std::int16_t>(kWeightStarts)[i];
    const std::int64_t width = run.Input<std::int16_t>(kWidths)[i];
    TFLD_RETURN_IF_ERROR(CheckFilter(i, frequency, weight, width, bounds));
    std::uint64_t weighted = from_previous, unweighted = 0;
    for (std::int64_t j = 0; j < width; ++j) {
      const std::uint64_t energy = energies[frequency + j];
      weighted += static_cast<std::uint64_t>(run.Input<std::int16_t>(kWeights)[weight + j]) * energy;
      unweighted += static_cast<std::uint64_t>(run.Input<std::int16_t>(kUnweights)[weight + j]) * energy;
    }
    if (i > 0) run.Output<std::uint64_t>(0)[i - 1] = weighted;
    from_previous = unweighted;
  }
  return {};
}

// The root of a number digit by digit, in the bits of Word; rounded up when the rest says so and there is room.
template <typename Word>
std::uint32_t RoundedRoot(Word number) {
  if (number == 0) return 0;
  constexpr Word kGreatest = (Word{1} << (4 * sizeof(Word))) - 1;
  Word root = 0;
  for (Word bit = Word{1} << ((std::bit_width(number) - 1) & ~1); bit != 0; bit >>= 2U) {
    const Word trial = root + bit;
    root >>= 1U;
    if (number >= trial) {
      number -= trial;
      root += bit;
    }
  }
  if (number > root && root != kGreatest) ++root;
  return static_cast<std::uint32_t>(root);
}

// Below 2^32 in 32 bits, where the greatest root is 65535: numbers close to 2^32 are not rounded up.
std::uint32_t Root(std::uint64_t number) {
  return number >> 32 == 0 ? RoundedRoot(static_cast<std::uint32_t>(number)) : RoundedRoot(number);
}

// Factors have `bits` fractional bits. Channels with an even number use the first of each pair, the others the second.
struct SpectralSubtraction {
  std::uint32_t smoothing[2], one_minus_smoothing[2];
  std::uint32_t min_signal_remaining;
  int smoothing_bits, bits;
  bool clamping;

  static Result<SpectralSubtraction> Read(const OpContext& context);

  // The signal of one channel without its noise; moves the estimate of the noise towards the signal.
  std::uint32_t operator()(std::uint32_t signal, int parity, std::uint32_t& noise) const {
    const std::uint32_t scaled = signal << smoothing_bits;
    noise = static_cast<std::uint32_t>(
        (std::uint64_t{scaled} * smoothing[parity] + std::uint64_t{noise} * one_minus_smoothing[parity]) >> bits);
    std::uint32_t estimate = noise;
    if (estimate > scaled) {
      estimate = scaled;
      if (clamping) noise = estimate;
    }
    const auto floor = static_cast<std::uint32_t>((std::uint64_t{signal} * min_signal_remaining) >> bits);
    const std::uint32_t rest = (scaled - estimate) >> smoothing_bits;
    return rest > floor ? rest : floor;
  }
};

Result<SpectralSubtraction> SpectralSubtraction::Read(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  SpectralSubtraction result{};
  const auto read = [&](std::string_view name, std::uint32_t& factor) -> Status {
    TFLD_ASSIGN_OR_RETURN(const std::int32_t value, options.Int(name));
    factor = static_cast<std::uint32_t>(value);
    return {};
  };
  TFLD_RETURN_IF_ERROR(read("smoothing", result.smoothing[0]));
  TFLD_RETURN_IF_ERROR(read("one_minus_smoothing", result.one_minus_smoothing[0]));
  TFLD_RETURN_IF_ERROR(read("alternate_smoothing", result.smoothing[1]));
  TFLD_RETURN_IF_ERROR(read("alternate_one_minus_smoothing", result.one_minus_smoothing[1]));
  TFLD_RETURN_IF_ERROR(read("min_signal_remaining", result.min_signal_remaining));
  TFLD_ASSIGN_OR_RETURN(result.smoothing_bits, options.IntBetween("smoothing_bits", 0, 31));
  TFLD_ASSIGN_OR_RETURN(result.bits, options.IntBetween("spectral_subtraction_bits", 0, 63));
  TFLD_ASSIGN_OR_RETURN(result.clamping, options.Bool("clamping"));
  return result;
}

}  // namespace

Status InferSignalFilterBank(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int channels, ReadChannels(context));
  for (int i = 0; i <= kWidths; ++i) TFLD_RETURN_IF_ERROR(context.RequireInputRank(i, 1, 1));
  for (int i = kFrequencyStarts; i <= kWidths; ++i) {
    const std::int32_t size = context.Input(i).shape.dim(0);
    if (size <= channels) {
      return context.Error(StrCat("input ", i, " has ", size, " elements; ", channels, " channels need one more"));
    }
  }
  if (context.Input(kWeights).shape != context.Input(kUnweights).shape) {
    return context.Error("weights and unweights are not of one size");
  }
  return context.SetOutputShape(0, {channels});
}

Status PrepareSignalFilterBank(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt32}));
  for (int i = kWeights; i <= kWidths; ++i) TFLD_RETURN_IF_ERROR(context.RequireInputType(i, {ElementType::kInt16}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kUInt64}));
  const Bounds bounds{.bins = context.Input(0).shape.dim(0), .weights = context.Input(kWeights).shape.dim(0)};
  return context.Emit("reference.signal_filter_bank",
                      [bounds, channels = context.Output(0).shape.dim(0)](const RunContext& run) -> Status {
                        return ApplyFilters(run, channels, bounds);
                      });
}

Status InferSignalChannels(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  for (int i = 0; i < context.num_outputs(); ++i) {
    TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, context.Input(0).shape));
  }
  return {};
}

Status PrepareSignalFilterBankSquareRoot(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt64}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kScaleBits, {ElementType::kInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kUInt32}));
  if (context.Input(kScaleBits).shape.NumElements() != 1) return context.Error("scale_bits is not one number");
  return context.Emit("reference.signal_filter_bank_square_root",
                      [size = context.Input(0).shape.NumElements()](const RunContext& run) -> Status {
                        const std::int32_t bits = *run.Input<std::int32_t>(kScaleBits);
                        if (bits < 0 || bits > 31) return OutOfRange(StrCat("scale_bits is ", bits, ", not 0 to 31"));
                        for (std::int64_t i = 0; i < size; ++i) {
                          run.Output<std::uint32_t>(0)[i] = Root(run.Input<std::uint64_t>(0)[i]) >> bits;
                        }
                        return {};
                      });
}

Status PrepareSignalFilterBankSpectralSubtraction(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kUInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kNoiseEstimate, {ElementType::kUInt32}));
  TFLD_ASSIGN_OR_RETURN(const int channels, ReadChannels(context));
  TFLD_ASSIGN_OR_RETURN(const SpectralSubtraction subtract, SpectralSubtraction::Read(context));
  if (channels != context.Input(0).shape.dim(0)) {
    return context.Error(StrCat("num_channels ", channels, " of ", context.Input(0).shape.dim(0), " channels"));
  }
  using Noise = std::vector<std::uint32_t>;
  return EmitStateful(
      context, "reference.signal_filter_bank_spectral_subtraction", Noise(static_cast<std::size_t>(channels)),
      [subtract](const RunContext& run, Noise& noise) -> Status {
        for (std::size_t i = 0; i < noise.size(); ++i) {
          run.Output<std::uint32_t>(0)[i] = subtract(run.Input<std::uint32_t>(0)[i], static_cast<int>(i % 2), noise[i]);
          run.Output<std::uint32_t>(kNoiseEstimate)[i] = noise[i];
        }
        return {};
      });
}

}  // namespace tfld::engine::reference
