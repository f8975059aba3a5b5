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

// A shape that input `index` spells out, in int32 or int64.
inline Result<Shape> ConstantShape(const OpContext& context, int index) {
  TFLD_ASSIGN_OR_RETURN(const auto dims, context.ConstantInts(index));
  const Result<Shape> shape = Shape::Make(dims);
  if (!shape.ok()) return context.Error(shape.status().message());
  return shape;
}

}  // namespace tfld::engine::reference
