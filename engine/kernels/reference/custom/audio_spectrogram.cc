// AudioSpectrogram: energies of the frequencies in each window of a recording [samples, channels], as
// [channels, windows, bins]. Windows are weighted by a periodic Hann function, and filled up with zeros to a power of
// two.
#include <bit>
#include <cmath>
#include <numbers>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/custom/custom.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/real_fft.h"

namespace tfld::engine::reference {
namespace {

constexpr int kMaxWindow = 1 << 20;

struct Options {
  int window, stride;
  bool squared;  // energies, not magnitudes

  static Result<Options> Read(const OpContext& context) {
    TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
    Options o{};
    TFLD_ASSIGN_OR_RETURN(o.window, options.IntBetween("window_size", 2, kMaxWindow));
    TFLD_ASSIGN_OR_RETURN(o.stride, options.IntBetween("stride", 1, std::numeric_limits<std::int32_t>::max()));
    TFLD_ASSIGN_OR_RETURN(o.squared, options.Bool("magnitude_squared"));
    return o;
  }

  int fft_length() const { return static_cast<int>(std::bit_ceil(static_cast<unsigned>(window))); }
};

std::vector<double> HannWindow(int size) {
  std::vector<double> weights;
  for (int i = 0; i < size; ++i) weights.push_back(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / size));
  return weights;
}

struct Spectrogram {
  Options options;
  std::vector<double> weights;
  RealFft<double> fft;
  int channels;

  int bins() const { return options.fft_length() / 2 + 1; }

  // `frame` has fft_length() elements.
  void operator()(const float* samples, float* output, double* frame, Bin<double>* spectrum,
                  Bin<double>* scratch) const {
    for (int i = 0; i < options.fft_length(); ++i) {
      frame[i] = i < options.window ? samples[std::int64_t{i} * channels] * weights[static_cast<std::size_t>(i)] : 0;
    }
    fft.Forward(reinterpret_cast<const Bin<double>*>(frame), spectrum, scratch);
    for (int i = 0; i < bins(); ++i) {
      const auto energy = static_cast<float>(spectrum[i].r * spectrum[i].r + spectrum[i].i * spectrum[i].i);
      output[i] = options.squared ? energy : std::sqrt(energy);
    }
  }
};

}  // namespace

Status InferAudioSpectrogram(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, 2));
  TFLD_ASSIGN_OR_RETURN(const Options options, Options::Read(context));
  const Shape& input = context.Input(0).shape;
  const int rest = input.dim(0) - options.window;
  return context.SetOutputShape(0,
                                {input.dim(1), rest < 0 ? 0 : 1 + rest / options.stride, options.fft_length() / 2 + 1});
}

Status PrepareAudioSpectrogram(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const Options options, Options::Read(context));
  const auto op = std::make_shared<const Spectrogram>(Spectrogram{.options = options,
                                                                  .weights = HannWindow(options.window),
                                                                  .fft = {options.fft_length(), false},
                                                                  .channels = context.Input(0).shape.dim(1)});
  const int windows = context.Output(0).shape.dim(1);
  const int frame = context.RequestScratch(static_cast<std::size_t>(options.fft_length()) * sizeof(double));
  const int spectrum = context.RequestScratch(static_cast<std::size_t>(op->bins()) * sizeof(Bin<double>));
  const int scratch = context.RequestScratch(op->fft.scratch_size() * sizeof(Bin<double>));
  return context.Emit("reference.audio_spectrogram", [=](const RunContext& run) -> Status {
    float* output = run.Output<float>(0);
    for (int channel = 0; channel < op->channels; ++channel) {
      for (int i = 0; i < windows; ++i, output += op->bins()) {
        const std::int64_t first = std::int64_t{i} * op->options.stride * op->channels + channel;
        (*op)(run.Input<float>(0) + first, output, run.Scratch<double>(frame), run.Scratch<Bin<double>>(spectrum),
              run.Scratch<Bin<double>>(scratch));
      }
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
