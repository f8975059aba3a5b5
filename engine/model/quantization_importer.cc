#include "engine/model/quantization_importer.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/model/read_vector.h"

namespace tfld::engine {
namespace {

std::pair<std::int64_t, std::int64_t> RangeOf(ElementType type) {
  switch (type) {
    case ElementType::kInt2: return {-2, 1};
    case ElementType::kInt4: return {-8, 7};
    case ElementType::kUInt4: return {0, 15};
    case ElementType::kInt8: return {-128, 127};
    case ElementType::kUInt8: return {0, 255};
    case ElementType::kInt16: return {-32768, 32767};
    case ElementType::kUInt16: return {0, 65535};
    default: return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  }
}

Status CheckScale(float scale, ElementType type) {
  // Biases of 32 and 64 bits are used with the product of the other scales; theirs may have underflowed to zero.
  const bool wide = type == ElementType::kInt32 || type == ElementType::kInt64;
  if (std::isfinite(scale) && (scale > 0.0F || (wide && scale == 0.0F))) return {};
  return InvalidArgument(StrCat("scale ", scale, " is not finite and positive"));
}

// The quantized dimension. For a vector it can only be the first: converters write the weights' number at the bias.
Result<std::int32_t> ChannelAxis(std::size_t scales, std::int32_t axis, const Shape& shape) {
  if (scales == 1) return axis;
  if (shape.rank() == 1) axis = 0;
  if (axis < 0 || axis >= shape.rank()) {
    return InvalidArgument(StrCat("quantized dimension ", axis, " does not exist in shape ", shape.ToString()));
  }
  if (static_cast<std::size_t>(shape.dim(axis)) == scales) return axis;
  return InvalidArgument(StrCat(scales, " scales for dimension ", axis, " of shape ", shape.ToString()));
}

}  // namespace

Result<std::shared_ptr<const Quantization>> ImportQuantization(const wire::QuantizationParameters* parameters,
                                                               ElementType type, const Shape& shape) {
  static const auto kNone = std::make_shared<const Quantization>();
  if (parameters == nullptr || parameters->scale() == nullptr || parameters->scale()->size() == 0) return kNone;
  if (!IsInteger(type)) return kNone;  // converters leave ranges behind on float tensors; they mean nothing there

  auto quantization = std::make_shared<Quantization>();
  quantization->scales.assign(parameters->scale()->begin(), parameters->scale()->end());
  TFLD_ASSIGN_OR_RETURN(quantization->axis,
                        ChannelAxis(quantization->scales.size(), parameters->quantized_dimension(), shape));
  for (const float scale : quantization->scales) TFLD_RETURN_IF_ERROR(CheckScale(scale, type));

  quantization->zero_points.assign(quantization->scales.size(), 0);
  if (const auto zero_points = ReadVector(parameters->zero_point()); !zero_points.empty()) {
    if (zero_points.size() != quantization->scales.size() && zero_points.size() != 1) {
      return InvalidArgument(StrCat(zero_points.size(), " zero points for ", quantization->scales.size(), " scales"));
    }
    const auto [low, high] = RangeOf(type);
    for (std::size_t i = 0; i < quantization->scales.size(); ++i) {
      const std::int64_t zero_point = zero_points[zero_points.size() == 1 ? 0 : i];
      if (zero_point < low || zero_point > high) {
        return InvalidArgument(StrCat("zero point ", zero_point, " is outside of ", ElementTypeName(type)));
      }
      quantization->zero_points[i] = static_cast<std::int32_t>(zero_point);
    }
  }
  return std::shared_ptr<const Quantization>(std::move(quantization));
}

}  // namespace tfld::engine
