// What the graph says of a value, in XNNPACK's terms; and the ranges to which fused activations clamp.
#pragma once

#include <xnnpack.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/delegate/xnnpack/weight_cache.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::xnnpack {

template <typename T>
struct Range {
  T min;
  T max;
};

// The range of a fused activation; nothing for one that is no clamp (tanh, sign bit).
std::optional<Range<float>> FloatRange(Activation activation);
// The same in the output's quantization, as TensorFlow Lite computes it. `output` is int8 or uint8, IsQuantized.
std::optional<Range<std::int32_t>> QuantizedRange(Activation activation, const Value& output);

bool IsEightBits(ElementType type);

// float32, or int8 or uint8 with one normal scale and a zero point within the type.
bool IsFloat(const Value& value);
bool IsQuantized(const Value& value);
// int8 or uint8 of the same type, scale and zero point.
bool IsSameQuantization(const Value& a, const Value& b);

// xnn_datatype_fp32, qint8 or quint8; xnn_datatype_invalid for any other type.
xnn_datatype DataType(const Value& value);
xnn_quantization_params QuantizationParams(const Value& value);

// The smallest and largest value of int8 or uint8.
Range<std::int32_t> TypeRange(ElementType type);

// A copy of a constant's bytes, with slack behind. Null when memory is out.
std::shared_ptr<const AlignedBuffer> CopyWithSlack(const Value& constant);

std::vector<std::size_t> Dims(const Shape& shape);

// TensorFlow's padding of one spatial dimension, computed from its sizes: before and after.
struct Padding1d {
  std::uint32_t before = 0;
  std::uint32_t after = 0;
};
Padding1d ComputePadding(Padding padding, int input_size, int filter_size, int stride, int dilation);

// One axis of the windows of a convolution or pooling: how many, how long, how far apart.
struct WindowAxis {
  std::size_t windows = 0;
  std::uint32_t size = 1;
  std::uint32_t stride = 1;
  std::uint32_t dilation = 1;
  Padding1d padding;
};

// XNNPACK finds the pixels under its windows by a table of pointers, which it allocates outside of the arena and whose
// size it computes without a look at overflow. False when the table would be larger than the context allows.
bool TableFits(const PrepareContext& context, const WindowAxis& vertical, const WindowAxis& horizontal);

}  // namespace tfld::engine::xnnpack
