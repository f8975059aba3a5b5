// RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL: a stream of Philox blocks for each node of each session, the
// same as TensorFlow Lite's for the same seeds.
//
// Seeds of 0 and 0 mean "any" in a model. Here they name one fixed stream, so that a session's results can be repeated;
// a reset session starts over.
#include "engine/kernels/reference/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/random_bits.h"
#include "engine/kernels/reference/stateful.h"

namespace tfld::engine::reference {
namespace {

constexpr int kShape = 0;
constexpr int kLogits = 0, kSamples = 1;
constexpr std::int32_t kAnySeed = 0x74666C64;  // stands for seeds of 0 and 0

struct Stream {
  std::array<std::uint32_t, 2> key{};
  Philox::Block counter{};

  // Of the seeds, the low 32 bits count, with their sign: so TensorFlow Lite reads them.
  static Stream Of(const RandomAttributes& seeds) {
    const auto seed = static_cast<std::int32_t>(seeds.seed), seed2 = static_cast<std::int32_t>(seeds.seed2);
    const auto low = static_cast<std::uint64_t>(std::int64_t{seed == 0 && seed2 == 0 ? kAnySeed : seed});
    const auto high = static_cast<std::uint64_t>(std::int64_t{seed2});
    return {{static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32)},
            {0, 0, static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)}};
  }

  Philox::Block Next() {
    const Philox::Block block = Philox::Generate(key, counter);
    Skip(1);
    return block;
  }

  // Passes over blocks.
  void Skip(std::uint64_t blocks) {
    const auto low = static_cast<std::uint32_t>(blocks);
    auto high = static_cast<std::uint32_t>(blocks >> 32);
    counter[0] += low;
    if (counter[0] < low) ++high;
    counter[1] += high;
    if (counter[1] < high && ++counter[2] == 0) ++counter[3];
  }
};

// The lowest 23 bits as a number of [0, 1).
float ToUnit(std::uint32_t bits) { return static_cast<float>(bits & 0x7FFFFFU) * 0x1p-23F; }

// 52 bits as a number of [0, 1).
double ToUnit(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>((std::uint64_t{high & 0xFFFFFU} << 32) | low) * 0x1p-52;
}

void FillUniform(Stream& stream, float* output, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += 4) {
    const Philox::Block block = stream.Next();
    for (std::int64_t k = 0; k < std::min<std::int64_t>(4, size - i); ++k) {
      output[i + k] = ToUnit(block[static_cast<std::size_t>(k)]);
    }
  }
}

// Box and Muller: two uniform numbers become two normal ones.
std::array<float, 2> ToNormal(std::uint32_t a, std::uint32_t b) {
  const float u = std::max(ToUnit(a), 1.0e-7F);
  const auto angle = static_cast<float>(2.0 * std::numbers::pi * static_cast<double>(ToUnit(b)));
  const float radius = std::sqrt(-2.0F * std::log(u));
  return {std::sin(angle) * radius, std::cos(angle) * radius};
}

void FillNormal(Stream& stream, float* output, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += 4) {
    const Philox::Block block = stream.Next();
    const std::array<float, 2> first = ToNormal(block[0], block[1]), second = ToNormal(block[2], block[3]);
    const float numbers[4] = {first[0], first[1], second[0], second[1]};
    std::copy_n(numbers, std::min<std::int64_t>(4, size - i), output + i);
  }
}

Status PrepareFill(PrepareContext& context, std::string_view name, void (*fill)(Stream&, float*, std::int64_t)) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  return EmitStateful(
      context, name, Stream::Of(context.attributes<RandomAttributes>()),
      [fill, size = context.Output(0).shape.NumElements()](const RunContext& run, Stream& stream) -> Status {
        fill(stream, run.Output<float>(0), size);
        return {};
      });
}

// The sums of the first probabilities, not normalized; logits that are not finite have none. Returns the last sum.
double Accumulate(const float* logits, std::int64_t classes, double* sums) {
  float greatest = std::numeric_limits<float>::lowest();
  for (std::int64_t i = 0; i < classes; ++i) {
    if (std::isfinite(logits[i])) greatest = std::max(greatest, logits[i]);
  }
  double total = 0;
  for (std::int64_t i = 0; i < classes; ++i) {
    if (std::isfinite(logits[i])) total += std::exp(static_cast<double>(logits[i]) - static_cast<double>(greatest));
    sums[i] = total;
  }
  return total;
}

struct Multinomial {
  std::int64_t batches, classes, samples;

  // Each sample takes half a block, also across batches.
  template <typename T>
  void operator()(Stream& stream, const float* logits, double* sums, T* output) const {
    Stream local = stream;
    constexpr std::uint64_t kBlocksPerSample = 2 * 256;  // passed over, far more than are used
    stream.Skip(static_cast<std::uint64_t>(batches) * ((static_cast<std::uint64_t>(samples) + 3) / 4 * 4) *
                kBlocksPerSample);
    Philox::Block block{};
    bool is_used_up = true;
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      const double total = Accumulate(logits + batch * classes, classes, sums);
      for (std::int64_t i = 0; i < samples; ++i) {
        if (is_used_up) block = local.Next();
        const double place = (is_used_up ? ToUnit(block[0], block[1]) : ToUnit(block[2], block[3])) * total;
        is_used_up = !is_used_up;
        *output++ = static_cast<T>(std::upper_bound(sums, sums + classes, place) - sums);
      }
    }
  }
};

}  // namespace

Status InferRandom(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kShape, 1, 1));
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::int32_t> dims, context.ConstantInts(kShape));
  const Result<Shape> shape = Shape::Make(dims);
  if (!shape.ok()) return context.Error(shape.status().message());
  return context.SetOutputShape(0, shape.value());
}

Status PrepareRandomUniform(PrepareContext& context) {
  return PrepareFill(context, "reference.random_uniform", FillUniform);
}

Status PrepareRandomStandardNormal(PrepareContext& context) {
  return PrepareFill(context, "reference.random_standard_normal", FillNormal);
}

Status InferMultinomial(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kLogits, 2, 2));
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::int32_t> samples, context.ConstantInts(kSamples));
  if (samples.size() != 1 || samples[0] < 0) return context.Error("num_samples is not one number of at least 0");
  if (context.Input(kLogits).shape.dim(1) == 0) return context.Error("there are no classes");
  return context.SetOutputShape(0, {context.Input(kLogits).shape.dim(0), samples[0]});
}

Status PrepareMultinomial(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kLogits, {ElementType::kFloat32}));
  const Shape& logits = context.Input(kLogits).shape;
  const Multinomial draw{logits.dim(0), logits.dim(1), context.Output(0).shape.dim(1)};
  const int sums = context.RequestScratch(static_cast<std::size_t>(draw.classes) * sizeof(double));
  return DispatchType<std::int32_t, std::int64_t>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return EmitStateful(context, "reference.multinomial", Stream::Of(context.attributes<RandomAttributes>()),
                            [draw, sums](const RunContext& run, Stream& stream) -> Status {
                              draw(stream, run.Input<float>(kLogits), run.Scratch<double>(sums), run.Output<T>(0));
                              return {};
                            });
      });
}

}  // namespace tfld::engine::reference
