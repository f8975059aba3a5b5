// The weights and bias of convolutions and fully connected operators, checked against what XNNPACK can express.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/delegate/xnnpack/operator_kernel.h"
#include "engine/delegate/xnnpack/values.h"

namespace tfld::engine::xnnpack {

enum class WeightsKind : std::uint8_t {
  kFloat,         // everything float32
  kInt8Channels,  // int8, symmetric weights with a scale for each output channel
  kUInt8,         // legacy uint8, weights with one scale and a zero point
};

// Quantized numbers of an operator that multiplies by weights.
struct Weights {
  WeightsKind kind = WeightsKind::kFloat;
  const void* data = nullptr;  // the constants themselves, not owned
  const void* bias = nullptr;  // null when there is none
  std::vector<float> scales;   // one a channel for kInt8Channels, one for kUInt8
  std::uint8_t zero_point = 0;
  xnn_quantization_params input{.zero_point = 0, .scale = 0.0F};
  xnn_quantization_params output{.zero_point = 0, .scale = 0.0F};
  Range<float> float_range{};
  Range<std::int32_t> range{};

  // What of this decides the packing.
  WeightsKey Key() const;
};

// Inputs 0, 1 and 2 of the node are data, weights and the optional bias. Nothing when XNNPACK has no such operator:
// types that it does not combine, weights or bias that are no constants, missing or unusable quantization, an
// activation that is no clamp.
std::optional<Weights> FindWeights(const PrepareContext& context, Activation activation, int channels);

}  // namespace tfld::engine::xnnpack
