// Mfcc: mel-frequency cepstral coefficients of spectra [channels, frames, bins] of squared magnitudes: triangular mel
// filters, logarithm, discrete cosine transform. The second input is the sample rate.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/custom/custom.h"
#include "engine/kernels/reference/flex_options.h"

namespace tfld::engine::reference {
namespace {

constexpr int kSampleRate = 1;
constexpr int kMaxCount = 1 << 12;

double Mel(double frequency) { return 1127.0 * std::log1p(frequency / 700.0); }

struct Options {
  double upper, lower;  // limits of frequency, in whole Hz
  int filters, coefficients;

  static Result<Options> Read(const OpContext& context) {
    constexpr std::int32_t kMaxHz = std::numeric_limits<std::int32_t>::max();
    TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
    Options o{};
    TFLD_ASSIGN_OR_RETURN(o.lower, options.IntBetween("lower_frequency_limit", 0, kMaxHz));
    TFLD_ASSIGN_OR_RETURN(o.upper, options.IntBetween("upper_frequency_limit", 1, kMaxHz));
    TFLD_ASSIGN_OR_RETURN(o.filters, options.IntBetween("filterbank_channel_count", 1, kMaxCount));
    TFLD_ASSIGN_OR_RETURN(o.coefficients, options.IntBetween("dct_coefficient_count", 1, o.filters));
    if (o.upper <= o.lower) return context.Error(StrCat("frequencies from ", o.lower, " to ", o.upper));
    return o;
  }
};

// Which bins count for which filter. Each bin lies between the centers of two filters: it counts for the lower one by
// its weight, and with the rest for the upper one.
struct MelFilters {
  const Options& options;
  int bins;
  double hz_per_bin;

  MelFilters(const Options& o, int bin_count, double sample_rate)
      : options(o), bins(bin_count), hz_per_bin(0.5 * sample_rate / (bin_count - 1)) {}

  // The lowest bin, that of the constant part, never counts.
  double first() const { return std::floor(1.5 + options.lower / hz_per_bin); }
  double last() const { return std::floor(options.upper / hz_per_bin); }

  // Sums magnitudes into `energies`, one a filter. Spectra that end below the upper limit count for nothing.
  void Apply(const float* spectrum, double* energies) const {
    std::fill_n(energies, options.filters, 0.0);
    if (!(last() < bins)) return;
    int filter = 0;  // the first with its center at or above the bin
    for (int i = static_cast<int>(std::min<double>(first(), bins)); i <= last(); ++i) {
      const double mel = Mel(i * hz_per_bin);
      while (filter < options.filters && Center(filter) < mel) ++filter;
      const double below = filter > 0 ? Center(filter - 1) : Mel(options.lower);
      const double weight = (Center(filter) - mel) / (Center(filter) - below);
      const double magnitude = std::sqrt(static_cast<double>(spectrum[i]));
      if (filter > 0) energies[filter - 1] += magnitude * weight;
      if (filter < options.filters) energies[filter] += magnitude - magnitude * weight;
    }
  }

  double Center(int filter) const {
    const double low = Mel(options.lower);
    return low + (Mel(options.upper) - low) / (options.filters + 1) * (filter + 1);
  }
};

// The first coefficients of the cosine transform, as a matrix [coefficients, filters].
std::vector<double> CosineTransform(const Options& options) {
  const double norm = std::sqrt(2.0 / options.filters);
  const double step = std::numbers::pi / options.filters;
  std::vector<double> matrix;
  for (int i = 0; i < options.coefficients; ++i) {
    for (int j = 0; j < options.filters; ++j) matrix.push_back(norm * std::cos(i * step * (j + 0.5)));
  }
  return matrix;
}

}  // namespace

Status InferMfcc(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 3, 3));
  TFLD_ASSIGN_OR_RETURN(const Options options, Options::Read(context));
  const Shape& input = context.Input(0).shape;
  return context.SetOutputShape(0, {input.dim(0), input.dim(1), options.coefficients});
}

Status PrepareMfcc(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kSampleRate, {ElementType::kInt32}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const Options options, Options::Read(context));
  const Shape& input = context.Input(0).shape;
  const int bins = input.dim(2);
  if (bins < 2) return context.Error(StrCat("a spectrum of ", bins, " bins"));
  if (context.Input(kSampleRate).shape.NumElements() != 1) return context.Error("the sample rate is not one number");
  const std::int64_t frames = input.Product(0, 2);
  const int energies = context.RequestScratch(static_cast<std::size_t>(options.filters) * sizeof(double));
  return context.Emit("reference.mfcc", [=, cosines = CosineTransform(options)](const RunContext& run) -> Status {
    constexpr double kFloor = 1e-12;
    const std::int32_t rate = *run.Input<std::int32_t>(kSampleRate);
    if (rate <= 0) return OutOfRange(StrCat("a sample rate of ", rate));
    const MelFilters filters(options, bins, rate);
    auto* const levels = run.Scratch<double>(energies);
    for (std::int64_t frame = 0; frame < frames; ++frame) {
      filters.Apply(run.Input<float>(0) + frame * bins, levels);
      const bool is_silent = !(filters.last() < bins);
      for (int i = 0; i < options.filters; ++i) {
        levels[i] = is_silent ? 0 : std::log(levels[i] < kFloor ? kFloor : levels[i]);
      }
      for (int i = 0; i < options.coefficients; ++i) {
        double sum = 0;
        for (int j = 0; j < options.filters; ++j) {
          sum += cosines[static_cast<std::size_t>(i * options.filters + j)] * levels[j];
        }
        run.Output<float>(0)[frame * options.coefficients + i] = static_cast<float>(sum);
      }
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
