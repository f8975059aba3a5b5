// From an element type known at load to code compiled for it: the one place where kernels choose by type.
//
//   return DispatchType<float, std::int8_t>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status
//   {...});
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

template <typename T>
using TypeTag = std::type_identity<T>;

template <typename T>
inline constexpr bool kIsFloat = std::is_floating_point_v<T>;

// The types whose real values need a scale and a zero point.
template <typename T>
inline constexpr bool kIsQuantized = std::is_integral_v<T> && sizeof(T) <= 2 && !std::is_same_v<T, bool>;

// Calls function(TypeTag<T>{}) for the T among Types that `type` names; UNIMPLEMENTED names the type when there is
// none.
template <typename... Types, typename Function>
Status DispatchType(const OpContext& context, ElementType type, Function&& function) {
  Status status;
  const bool found = ((type == kElementTypeOf<Types> && ((status = function(TypeTag<Types>{})), true)) || ...);
  if (found) return status;
  return context.Unsupported(StrCat("type ", ElementTypeName(type), " is not supported"));
}

struct Block16 {
  std::uint64_t words[2];
};

// For operators that only move elements: calls function with an unsigned type of the size of an element of `type`.
template <typename Function>
Status DispatchElementSize(const OpContext& context, ElementType type, Function&& function) {
  switch (ElementBits(type)) {
    case 8: return function(TypeTag<std::uint8_t>{});
    case 16: return function(TypeTag<std::uint16_t>{});
    case 32: return function(TypeTag<std::uint32_t>{});
    case 64: return function(TypeTag<std::uint64_t>{});
    case 128: return function(TypeTag<Block16>{});
    default: return context.Unsupported(StrCat("elements of type ", ElementTypeName(type), " cannot be moved"));
  }
}

}  // namespace tfld::engine::reference
