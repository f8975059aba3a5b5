#include "engine/tools/tensor_values.h"

#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/golden/compare.h"

namespace tfld::engine {
namespace {

template <typename T>
std::vector<double> Widen(const TensorView& tensor) {
  const auto elements = tensor.As<T>();
  std::vector<double> values(elements.size());
  std::ranges::transform(elements, values.begin(), [](T value) { return static_cast<double>(value); });
  return values;
}

Result<std::vector<double>> Numbers(const TensorView& tensor) {
  switch (tensor.type) {
    case ElementType::kFloat32: return Widen<float>(tensor);
    case ElementType::kFloat64: return Widen<double>(tensor);
    case ElementType::kInt8: return Widen<std::int8_t>(tensor);
    case ElementType::kBool:
    case ElementType::kUInt8: return Widen<std::uint8_t>(tensor);
    case ElementType::kInt16: return Widen<std::int16_t>(tensor);
    case ElementType::kUInt16: return Widen<std::uint16_t>(tensor);
    case ElementType::kInt32: return Widen<std::int32_t>(tensor);
    case ElementType::kUInt32: return Widen<std::uint32_t>(tensor);
    case ElementType::kInt64: return Widen<std::int64_t>(tensor);
    case ElementType::kUInt64: return Widen<std::uint64_t>(tensor);
    case ElementType::kFloat16: {
      std::vector<double> values;
      for (const std::uint16_t bits : tensor.As<std::uint16_t>())
        values.push_back(static_cast<double>(HalfToFloat(bits)));
      return values;
    }
    default: return Unimplemented(StrCat("no numbers in ", ElementTypeName(tensor.type)));
  }
}

}  // namespace

Result<std::vector<double>> RealValues(const TensorView& tensor, const Quantization& quantization) {
  TFLD_ASSIGN_OR_RETURN(std::vector<double> values, Numbers(tensor));
  if (quantization.empty() || !IsInteger(tensor.type)) return values;
  // Inputs and outputs of models are quantized per tensor.
  const double scale = static_cast<double>(quantization.scales[0]);
  const double zero_point = quantization.zero_points[0];
  for (double& value : values) value = scale * (value - zero_point);
  return values;
}

}  // namespace tfld::engine
