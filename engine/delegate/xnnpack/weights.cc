#include "engine/delegate/xnnpack/weights.h"

#include <algorithm>
#include <cmath>

namespace tfld::engine::xnnpack {
namespace {

constexpr float kMaxRequantizationScale = 256.0F;

bool HasUsableBias(const PrepareContext& context, ElementType type, int channels) {
  if (!context.HasInput(2)) return true;
  const Value& bias = context.Input(2);
  return bias.is_constant && bias.type == type && bias.shape.NumElements() == channels;
}

bool IsUsableScale(const Weights& weights, float scale) {
  return std::isnormal(scale) && scale > 0 &&
         weights.input.scale * scale / weights.output.scale < kMaxRequantizationScale;
}

// Takes scales and zero point of the filter; false when they do not fit the kind.
bool TakeFilterQuantization(const Value& filter, int channels, Weights& weights) {
  const Quantization& quantization = *filter.quantization;
  if (quantization.empty()) return false;
  const auto& zero_points = quantization.zero_points;
  weights.scales = quantization.scales;
  if (weights.kind == WeightsKind::kUInt8) {
    if (!IsQuantized(filter)) return false;
    weights.zero_point = static_cast<std::uint8_t>(filter.zero_point());
  } else {
    if (!std::ranges::all_of(zero_points, [](std::int32_t zero_point) { return zero_point == 0; })) return false;
    if (!quantization.per_channel()) weights.scales.assign(static_cast<std::size_t>(channels), quantization.scales[0]);
    if (weights.scales.size() != static_cast<std::size_t>(channels)) return false;
  }
  return std::ranges::all_of(weights.scales, [&](float scale) { return IsUsableScale(weights, scale); });
}

std::optional<Weights> FindQuantizedWeights(const PrepareContext& context, Activation activation, int channels) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  if (!IsQuantized(input) || !IsQuantized(output) || input.type != output.type || context.Input(1).type != input.type ||
      !HasUsableBias(context, ElementType::kInt32, channels)) {
    return std::nullopt;
  }
  const auto range = QuantizedRange(activation, output);
  if (!range) return std::nullopt;
  Weights weights;
  weights.kind = input.type == ElementType::kInt8 ? WeightsKind::kInt8Channels : WeightsKind::kUInt8;
  weights.input = QuantizationParams(input);
  weights.output = QuantizationParams(output);
  weights.range = *range;
  if (!TakeFilterQuantization(context.Input(1), channels, weights)) return std::nullopt;
  return weights;
}

std::optional<Weights> FindFloatWeights(const PrepareContext& context, Activation activation, int channels) {
  const auto range = FloatRange(activation);
  if (!range || !IsFloat(context.Input(1)) || !IsFloat(context.Output(0)) ||
      !HasUsableBias(context, ElementType::kFloat32, channels)) {
    return std::nullopt;
  }
  Weights weights;
  weights.float_range = *range;
  return weights;
}

}  // namespace

WeightsKey Weights::Key() const {
  WeightsKey key;
  key.Add(kind).Add(data).Add(bias).Add(zero_point).Add(input).Add(output);
  for (const float scale : scales) key.Add(scale);
  return key;
}

std::optional<Weights> FindWeights(const PrepareContext& context, Activation activation, int channels) {
  if (context.Input(0).is_constant || !context.Input(1).is_constant) return std::nullopt;
  std::optional<Weights> weights = IsFloat(context.Input(0)) ? FindFloatWeights(context, activation, channels)
                                                             : FindQuantizedWeights(context, activation, channels);
  if (!weights) return std::nullopt;
  weights->data = context.Input(1).data.data();
  weights->bias = context.HasInput(2) ? context.Input(2).data.data() : nullptr;
  return weights;
}

}  // namespace tfld::engine::xnnpack
