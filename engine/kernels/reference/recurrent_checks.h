// What recurrent operators ask of their inputs, and how they reach their state.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// State is an input that the operator writes too: its buffer belongs to the session and keeps its contents.
template <typename T>
T* State(const RunContext& run, int index) {
  return const_cast<T*>(run.Input<T>(index));
}

inline Status RequireState(const OpContext& context, int index, ElementType type, std::int64_t elements) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(index, {type}));
  const Value& state = context.Input(index);
  if (!state.is_variable) return context.Error(StrCat("input ", index, " is state and must be a variable tensor"));
  if (state.shape.NumElements() == elements) return {};
  return context.Error(
      StrCat("input ", index, " is state of shape ", state.shape.ToString(), "; expected ", elements, " elements"));
}

// The input is there and has this shape.
inline Status RequireShape(const OpContext& context, int index, std::initializer_list<std::int32_t> dims) {
  if (!context.HasInput(index)) return context.Error(StrCat("input ", index, " is missing"));
  const Shape expected(dims);
  if (context.Input(index).shape == expected) return {};
  return context.Error(StrCat("input ", index, " has shape ", context.Input(index).shape.ToString(), "; expected ",
                              expected.ToString()));
}

// Weights of `type` and of this shape; those of 8 bits have one scale.
inline Status RequireWeights(const OpContext& context, int index, ElementType type,
                             std::initializer_list<std::int32_t> dims) {
  TFLD_RETURN_IF_ERROR(RequireShape(context, index, dims));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(index, {type}));
  return type == ElementType::kFloat32 ? Status() : context.RequireQuantized(context.Input(index));
}

}  // namespace tfld::engine::reference
