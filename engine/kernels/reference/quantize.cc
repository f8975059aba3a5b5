// QUANTIZE: float to integers, or integers of one quantization to another. DEQUANTIZE: integers or halves to float.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/half.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine::reference {
namespace {

// The quantization of each element: that of its index on the channel axis, or the only one.
class Channels {
 public:
  static Result<Channels> Make(const OpContext& context, const Value& value) {
    const Quantization& quantization = *value.quantization;
    if (!quantization.per_channel()) {
      TFLD_RETURN_IF_ERROR(context.RequireQuantized(value));
      return Channels(quantization, 1);
    }
    const int axis = quantization.axis;
    if (axis < 0 || axis >= value.shape.rank() ||
        static_cast<std::size_t>(value.shape.dim(axis)) != quantization.scales.size()) {
      return context.Error(
          StrCat(quantization.scales.size(), " scales on axis ", axis, " of ", value.shape.ToString()));
    }
    return Channels(quantization, value.shape.Product(axis + 1, value.shape.rank()));
  }

  // Calls function(first, end, scale, zero_point) for each run of elements that are quantized alike.
  template <typename Function>
  void ForEachRun(std::int64_t count, Function function) const {
    const bool single = scales_.size() == 1;
    const std::int64_t length = single ? count : inner_;
    std::size_t channel = 0;
    for (std::int64_t first = 0; first < count; first += length) {
      function(first, first + length, scales_[channel], zero_points_[channel]);
      channel = channel + 1 == scales_.size() ? 0 : channel + 1;
    }
  }

 private:
  Channels(const Quantization& quantization, std::int64_t inner)
      : scales_(quantization.scales), zero_points_(quantization.zero_points), inner_(inner) {}

  std::vector<float> scales_;
  std::vector<std::int32_t> zero_points_;
  std::int64_t inner_;
};

template <typename T>
std::int32_t QuantizeFloat(float real, float scale, std::int32_t zero_point) {
  return std::clamp(RoundBounded(real / scale) + zero_point, StoredRange<T>::kMin, StoredRange<T>::kMax);
}

Status PrepareFromFloat(PrepareContext& context) {
  return DispatchType<std::int8_t, std::uint8_t, std::int16_t, Int4, UInt4>(
      context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        TFLD_ASSIGN_OR_RETURN(const Channels channels, Channels::Make(context, context.Output(0)));
        const std::int64_t count = context.Input(0).shape.NumElements();
        return context.Emit("reference.quantize", [count, channels](const RunContext& run) -> Status {
          channels.ForEachRun(count, [&](std::int64_t first, std::int64_t end, float scale, std::int32_t zero_point) {
            const float* input = run.Input<float>(0);
            T* output = run.Output<T>(0);
            for (std::int64_t i = first; i < end; ++i) {
              AppendElement(output, i, QuantizeFloat<T>(input[i], scale, zero_point));
            }
          });
          return {};
        });
      });
}

template <typename In, typename Out>
Status PrepareRequantize(PrepareContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  TFLD_ASSIGN_OR_RETURN(
      const QuantizedMultiplier multiplier,
      RequireMultiplier(context, static_cast<double>(input.scale()) / static_cast<double>(output.scale())));
  const Requantization requantize{.input_zero_point = input.zero_point(),
                                  .output_zero_point = output.zero_point(),
                                  .multiplier = multiplier,
                                  .range = {std::numeric_limits<Out>::min(), std::numeric_limits<Out>::max()}};
  const std::int64_t count = input.shape.NumElements();
  return context.Emit("reference.requantize", [count, requantize](const RunContext& run) -> Status {
    const In* from = run.Input<In>(0);
    Out* to = run.Output<Out>(0);
    for (std::int64_t i = 0; i < count; ++i) to[i] = static_cast<Out>(requantize(from[i]));
    return {};
  });
}

}  // namespace

Status PrepareQuantize(PrepareContext& context) {
  if (context.Input(0).type == ElementType::kFloat32) return PrepareFromFloat(context);
  return DispatchType<std::int8_t, std::uint8_t, std::int16_t, std::int32_t>(
      context, context.Input(0).type, [&]<typename In>(TypeTag<In>) -> Status {
        return DispatchType<std::int8_t, std::uint8_t, std::int16_t, std::int32_t>(
            context, context.Output(0).type,
            [&]<typename Out>(TypeTag<Out>) -> Status { return PrepareRequantize<In, Out>(context); });
      });
}

Status PrepareDequantize(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  const std::int64_t count = context.Input(0).shape.NumElements();
  return DispatchType<Half, std::int8_t, std::uint8_t, std::int16_t, Int4, UInt4, Int2>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (std::is_same_v<T, Half>) {
          return context.Emit("reference.dequantize", [count](const RunContext& run) -> Status {
            for (std::int64_t i = 0; i < count; ++i)
              run.Output<float>(0)[i] = static_cast<float>(run.Input<Half>(0)[i]);
            return {};
          });
        } else {
          TFLD_ASSIGN_OR_RETURN(const Channels channels, Channels::Make(context, context.Input(0)));
          return context.Emit("reference.dequantize", [count, channels](const RunContext& run) -> Status {
            channels.ForEachRun(count, [&](std::int64_t first, std::int64_t end, float scale, std::int32_t zero_point) {
              const T* input = run.Input<T>(0);
              float* output = run.Output<float>(0);
              for (std::int64_t i = first; i < end; ++i) {
                output[i] = static_cast<float>(static_cast<double>(scale) * (ElementAt(input, i) - zero_point));
              }
            });
            return {};
          });
        }
      });
}

}  // namespace tfld::engine::reference
