// The options of MediaPipe's custom operators: 32-bit integers in the order of a C structure, without a header.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// The first N integers. What follows them (an activation, room for computed values) depends on the writer's version.
template <std::size_t N>
Result<std::array<std::int32_t, N>> ReadIntegerOptions(const OpContext& context) {
  const auto& options = context.node().custom_options;
  std::array<std::int32_t, N> integers{};
  if (options.size() < sizeof(integers)) {
    return context.Error(StrCat("has options of ", options.size(), " bytes; expected at least ", sizeof(integers)));
  }
  std::memcpy(integers.data(), options.data(), sizeof(integers));
  return integers;
}

// Padding as these structures number it: 1 same, 2 valid.
inline Result<Padding> ReadPadding(const OpContext& context, std::int32_t padding) {
  if (padding == 1) return Padding::kSame;
  if (padding == 2) return Padding::kValid;
  return context.Error(StrCat("padding ", padding, " does not exist"));
}

// Sizes and strides: from 1 to 2^20.
inline Status CheckExtents(const OpContext& context, std::initializer_list<std::int32_t> extents) {
  for (const std::int32_t extent : extents) {
    if (extent < 1 || extent > 1 << 20) return context.Error(StrCat("a stride or size of ", extent));
  }
  return {};
}

// TfLitePoolParams: padding, stride width, stride height, filter width, filter height, activation.
inline Result<Pool2dAttributes> ReadPoolOptions(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto integers, ReadIntegerOptions<6>(context));
  TFLD_RETURN_IF_ERROR(CheckExtents(context, {integers[1], integers[2], integers[3], integers[4]}));
  if (integers[5] < 0 || integers[5] > 3) return context.Error(StrCat("activation ", integers[5], " is not supported"));
  Pool2dAttributes pool{.padding = Padding::kSame,
                        .stride_h = integers[2],
                        .stride_w = integers[1],
                        .filter_h = integers[4],
                        .filter_w = integers[3],
                        .activation = static_cast<Activation>(integers[5])};
  TFLD_ASSIGN_OR_RETURN(pool.padding, ReadPadding(context, integers[0]));
  return pool;
}

}  // namespace tfld::engine::reference
