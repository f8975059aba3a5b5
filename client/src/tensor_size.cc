#include "client/src/tensor_size.h"

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"

namespace tfld::client {

std::optional<std::size_t> ElementCount(std::span<const std::int64_t> shape) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) {
    if (size < 0) return std::nullopt;
    const std::optional<std::size_t> product = CheckedMul(count, static_cast<std::size_t>(size));
    if (!product) return std::nullopt;
    count = *product;
  }
  return count;
}

std::optional<std::size_t> ByteSize(DataType type, std::span<const std::int64_t> shape) {
  const std::optional<std::size_t> count = ElementCount(shape);
  const std::size_t element = type == DataType::kBytes ? sizeof(std::uint32_t) : DataTypeSize(type);
  return count ? CheckedMul(*count, element) : std::nullopt;
}

std::string ShapeText(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += StrCat(i == 0 ? "" : ", ", shape[i]);
  return text + "]";
}

}  // namespace tfld::client
