// SOFTMAX over the last axis: exp(beta * x) / sum of exp(beta * x).
//
// Quantized outputs have a fixed scale: 1/256 for 8 bits, 1/65536 for 16 bits, and the least integer stands for zero.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/softmax_scale.h"

namespace tfld::engine::reference {
namespace {

struct Rows {
  std::int64_t count, depth;
};

template <typename T>
T RoundTo(float value) {
  if constexpr (kIsHalf<T>) {
    return T::Round(value);
  } else {
    return value;
  }
}

// float or Half. The exps are rounded to T before they are divided, but summed as they are.
template <typename T>
void SoftmaxReal(Rows rows, float beta, const T* input, T* output) {
  for (std::int64_t row = 0; row < rows.count; ++row, input += rows.depth, output += rows.depth) {
    auto max = static_cast<float>(input[0]);
    for (std::int64_t i = 1; i < rows.depth; ++i) max = std::max(max, static_cast<float>(input[i]));
    float sum = 0;
    for (std::int64_t i = 0; i < rows.depth; ++i) {
      const float exp = std::exp((static_cast<float>(input[i]) - max) * beta);
      output[i] = RoundTo<T>(exp);
      sum += exp;
    }
    for (std::int64_t i = 0; i < rows.depth; ++i) {
      output[i] = RoundTo<T>(static_cast<float>(output[i]) / sum);
    }
  }
}

// 8-bit numbers have 256 differences to the greatest: their exps are computed at load, at the index -difference.
using ExpTable = std::array<std::int32_t, 256>;

template <typename In, typename Out>
void SoftmaxRow(const ExpTable& exps, std::int64_t depth, const In* input, Out* output) {
  constexpr std::int32_t kMin = std::numeric_limits<Out>::min();
  constexpr std::int32_t kMax = std::numeric_limits<Out>::max();
  const In max = *std::max_element(input, input + depth);
  const auto exp_of = [&](In element) { return exps[static_cast<std::size_t>(max - element)]; };
  std::int32_t sum = 0;
  for (std::int64_t i = 0; i < depth; ++i) {
    sum = WrappingAdd(sum, RoundingDivideByPot(exp_of(input[i]), kSumIntegerBits));
  }
  // 1 / sum as a Q0.31 and a shift: the sum's leading one is shifted out, which leaves x of 1 / (1 + x).
  const int leading_zeros = std::countl_zero(static_cast<std::uint32_t>(sum));
  const std::uint32_t normalized = leading_zeros < 32 ? static_cast<std::uint32_t>(sum) << leading_zeros : 0;
  const std::int32_t reciprocal = OneOverOnePlus(static_cast<std::int32_t>(normalized - (std::uint32_t{1} << 31)));
  const int shift = kSumIntegerBits - leading_zeros + 31 - static_cast<int>(8 * sizeof(Out));
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::int32_t product = SaturatingRoundingDoublingHighMul(reciprocal, exp_of(input[i]));
    const std::int32_t quotient = shift > 31 ? 0 : RoundingDivideByPot(product, std::max(shift, 0));
    output[i] = static_cast<Out>(AddAndClamp(quotient, kMin, kMin, kMax));
  }
}

template <typename In, typename Out>
Status PrepareQuantized(PrepareContext& context, Rows rows) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  const double expected_scale = std::ldexp(1.0, -8 * static_cast<int>(sizeof(Out)));
  if (std::abs(static_cast<double>(output.scale()) - expected_scale) > 0.001 * expected_scale ||
      output.zero_point() != std::numeric_limits<Out>::min()) {
    return context.Unsupported(StrCat("the output has scale ", output.scale(), " and zero point ", output.zero_point(),
                                      "; supported are ", expected_scale, " and ", +std::numeric_limits<Out>::min()));
  }
  TFLD_ASSIGN_OR_RETURN(const SoftmaxScale scale,
                        MakeSoftmaxScale(context, context.attributes<SoftmaxAttributes>().beta, input.scale()));
  ExpTable exps;
  for (int i = 0; i < 256; ++i) exps[static_cast<std::size_t>(i)] = scale.Exp(-i);
  return context.Emit("reference.softmax", [rows, exps](const RunContext& run) -> Status {
    for (std::int64_t row = 0; row < rows.count; ++row) {
      SoftmaxRow(exps, rows.depth, run.Input<In>(0) + row * rows.depth, run.Output<Out>(0) + row * rows.depth);
    }
    return {};
  });
}

// 16 bits: exp and 1 / (1 + x) by tables, on [-10, 0] and [0, 1].
class Softmax16 {
 public:
  explicit Softmax16(QuantizedMultiplier to_exp_input) : to_exp_input_(to_exp_input) {}

  // The output serves for the exps first.
  void Row(std::int64_t depth, const std::int16_t* input, std::int16_t* output) const {
    const std::int32_t max = *std::max_element(input, input + depth);
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < depth; ++i) {
      const std::int32_t scaled = Multiply(input[i] - max, to_exp_input_);
      output[i] = exp_(static_cast<std::int16_t>(std::clamp(WrappingAdd(scaled, 32767), -32768, 32767)));
      sum = WrappingAdd(sum, output[i]);
    }
    const int leading_zeros = std::max(1, std::countl_zero(static_cast<std::uint32_t>(sum)));
    const std::int64_t normalized = ((static_cast<std::int64_t>(sum) << (leading_zeros - 1)) + (1 << 13)) >> 14;
    const std::int64_t centered = normalized - (1 << 15) - (1 << 16);
    const std::int64_t reciprocal =
        inverse_(static_cast<std::int16_t>(std::clamp<std::int64_t>(centered, -32768, 32767)));
    const int shift = std::max(1, 31 - leading_zeros);
    for (std::int64_t i = 0; i < depth; ++i) {
      const std::int64_t result = (output[i] * reciprocal + (std::int64_t{1} << (shift - 1))) >> shift;
      output[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(result, 0, 32767));
    }
  }

 private:
  static constexpr double kSteps = 65535.0;

  QuantizedMultiplier to_exp_input_;
  LookupTable<std::int16_t> exp_{
      Affine<double>{10.0 / kSteps, 32767}, {2.0 / kSteps, 0}, [](double x) { return std::exp(x); }};
  LookupTable<std::int16_t> inverse_{
      Affine<double>{1.0 / kSteps, -32768}, {2.0 / kSteps, 0}, [](double x) { return 1.0 / (1.0 + x); }};
};

Status PrepareSoftmax16(PrepareContext& context, Rows rows) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  constexpr float kScale = 1.0F / 32768;
  if (std::abs(output.scale() - kScale) > 0.001F * kScale || output.zero_point() != 0 || input.zero_point() != 0) {
    return context.Unsupported(
        StrCat("the output has scale ", output.scale(), "; supported is 1/32768 without zero points"));
  }
  const float beta = context.attributes<SoftmaxAttributes>().beta;
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                        RequireMultiplier(context, static_cast<double>(input.scale() * beta) / (10.0 / 65535.0)));
  return context.Emit("reference.softmax", [rows, softmax = Softmax16(by)](const RunContext& run) -> Status {
    for (std::int64_t row = 0; row < rows.count; ++row) {
      const std::int64_t first = row * rows.depth;
      softmax.Row(rows.depth, run.Input<std::int16_t>(0) + first, run.Output<std::int16_t>(0) + first);
    }
    return {};
  });
}

}  // namespace

Status InferSoftmax(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  return context.SetOutputShape(0, context.Input(0).shape);
}

Status PrepareSoftmax(PrepareContext& context) {
  const Shape& shape = context.Input(0).shape;
  Rows rows{.count = shape.Product(0, shape.rank() - 1), .depth = shape.dim(shape.rank() - 1)};
  if (rows.depth == 0) rows.count = 0;
  return DispatchType<float, Half, std::int8_t, std::uint8_t, std::int16_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (!kIsQuantized<T>) {
          TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
          const float beta = context.attributes<SoftmaxAttributes>().beta;
          return context.Emit("reference.softmax", [rows, beta](const RunContext& run) -> Status {
            SoftmaxReal(rows, beta, run.Input<T>(0), run.Output<T>(0));
            return {};
          });
        } else if constexpr (sizeof(T) == 2) {
          return PrepareSoftmax16(context, rows);
        } else {
          return DispatchType<std::int8_t, std::uint8_t, std::int16_t>(
              context, context.Output(0).type,
              [&]<typename Out>(TypeTag<Out>) -> Status { return PrepareQuantized<T, Out>(context, rows); });
        }
      });
}

}  // namespace tfld::engine::reference
