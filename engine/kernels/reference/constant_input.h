// Inputs that decide about shapes: their elements when they are known, an error that asks for them otherwise.
#pragma once

#include <span>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

template <typename T>
Result<std::span<const T>> ConstantElements(const OpContext& context, int index) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(index, {kElementTypeOf<T>}));
  if (const auto elements = context.Constant<T>(index)) return *elements;
  return context.NeedsData(index);
}

template <typename T>
Result<T> ConstantScalar(const OpContext& context, int index) {
  TFLD_ASSIGN_OR_RETURN(const std::span<const T> elements, ConstantElements<T>(context, index));
  if (elements.size() == 1) return elements[0];
  return context.Error(StrCat("input ", index, " has ", elements.size(), " elements; expected 1"));
}

// ConstantInts also of 8 and 16 bits and of truth values, which PAD takes.
inline Result<std::vector<std::int32_t>> ConstantSmallInts(const OpContext& context, int index) {
  const auto widened = [&]<typename T>(T) -> Result<std::vector<std::int32_t>> {
    const Value& value = context.Input(index);
    if (!value.is_constant) return context.NeedsData(index);
    const auto* first = reinterpret_cast<const T*>(value.data.data());
    return std::vector<std::int32_t>(first, first + value.data.size() / sizeof(T));
  };
  switch (context.HasInput(index) ? context.Input(index).type : ElementType::kInt32) {
    case ElementType::kInt8: return widened(std::int8_t{});
    case ElementType::kBool: return widened(std::uint8_t{});
    case ElementType::kInt16: return widened(std::int16_t{});
    default: return context.ConstantInts(index);
  }
}

// A shape that input `index` spells out, in int32 or int64.
inline Result<Shape> ConstantShape(const OpContext& context, int index) {
  TFLD_ASSIGN_OR_RETURN(const auto dims, context.ConstantInts(index));
  const Result<Shape> shape = Shape::Make(dims);
  if (!shape.ok()) return context.Error(shape.status().message());
  return shape;
}

}  // namespace tfld::engine::reference
