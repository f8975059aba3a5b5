#include "engine/delegate/xnnpack/values.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace tfld::engine::xnnpack {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

std::optional<Range<float>> FloatRange(Activation activation) {
  switch (activation) {
    case Activation::kNone: return Range<float>{-kInfinity, kInfinity};
    case Activation::kRelu: return Range<float>{0.0F, kInfinity};
    case Activation::kReluN1To1: return Range<float>{-1.0F, 1.0F};
    case Activation::kRelu6: return Range<float>{0.0F, 6.0F};
    case Activation::kTanh:
    case Activation::kSignBit: break;
  }
  return std::nullopt;
}

std::optional<Range<std::int32_t>> QuantizedRange(Activation activation, const Value& output) {
  const auto range = FloatRange(activation);
  if (!range) return std::nullopt;
  const Range<std::int32_t> type = TypeRange(output.type);
  const auto quantize = [&](float real) {
    const float steps = std::round(real / output.scale()) + static_cast<float>(output.zero_point());
    return static_cast<std::int32_t>(std::clamp(steps, static_cast<float>(type.min), static_cast<float>(type.max)));
  };
  return Range<std::int32_t>{quantize(range->min), quantize(range->max)};
}

bool IsEightBits(ElementType type) { return type == ElementType::kInt8 || type == ElementType::kUInt8; }

bool IsFloat(const Value& value) { return value.type == ElementType::kFloat32; }

bool IsQuantized(const Value& value) {
  if (!IsEightBits(value.type) || value.quantization->scales.size() != 1) return false;
  const Range<std::int32_t> range = TypeRange(value.type);
  return std::isnormal(value.scale()) && value.scale() > 0 && value.zero_point() >= range.min &&
         value.zero_point() <= range.max;
}

bool IsSameQuantization(const Value& a, const Value& b) {
  return a.type == b.type && IsQuantized(a) && IsQuantized(b) && a.scale() == b.scale() &&
         a.zero_point() == b.zero_point();
}

xnn_datatype DataType(const Value& value) {
  switch (value.type) {
    case ElementType::kFloat32: return xnn_datatype_fp32;
    case ElementType::kInt8: return xnn_datatype_qint8;
    case ElementType::kUInt8: return xnn_datatype_quint8;
    default: return xnn_datatype_invalid;
  }
}

xnn_quantization_params QuantizationParams(const Value& value) {
  return {.zero_point = value.zero_point(), .scale = value.scale()};
}

Range<std::int32_t> TypeRange(ElementType type) {
  if (type == ElementType::kUInt8) return {0, 255};
  return {-128, 127};
}

std::shared_ptr<const AlignedBuffer> CopyWithSlack(const Value& constant) {
  AlignedBuffer copy = AllocateAligned(constant.data.size());
  if (copy == nullptr) return nullptr;
  std::memcpy(copy.get(), constant.data.data(), constant.data.size());
  return std::make_shared<const AlignedBuffer>(std::move(copy));
}

std::vector<std::size_t> Dims(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

Padding1d ComputePadding(Padding padding, int input_size, int filter_size, int stride, int dilation) {
  if (padding == Padding::kValid) return {};
  const std::int64_t filter = (std::int64_t{filter_size} - 1) * dilation + 1;
  const std::int64_t output = (std::int64_t{input_size} + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (output - 1) * stride + filter - input_size);
  return {static_cast<std::uint32_t>(total / 2), static_cast<std::uint32_t>(total - total / 2)};
}

bool TableFits(const PrepareContext& context, const WindowAxis& vertical, const WindowAxis& horizontal) {
  constexpr double kMargin = 64;  // kernels read in tiles
  // For an average it holds one row and those in the padding, even where there are no windows.
  const double padded_rows = (1.0 * vertical.padding.before + vertical.padding.after) / vertical.stride + 3;
  const double rows = std::max(static_cast<double>(vertical.windows), padded_rows);
  const double window = 1.0 * vertical.size * horizontal.size;
  // Windows of a row that overlap share their columns, unless they are dilated.
  const std::uint32_t step = horizontal.dilation > 1 ? horizontal.size : std::min(horizontal.stride, horizontal.size);
  const double row = window + static_cast<double>(horizontal.windows) * step * vertical.size;
  return sizeof(void*) * (rows * row + kMargin) <= static_cast<double>(context.max_bytes());
}

}  // namespace tfld::engine::xnnpack
