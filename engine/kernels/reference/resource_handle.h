// Handles of what a session keeps by number: variables and hash tables.
#pragma once

#include <string_view>

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// Of the operators that read through a handle: input 0.
inline constexpr int kHandle = 0;

inline Status CheckHandle(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kHandle, {ElementType::kResource}));
  if (context.Input(kHandle).shape.NumElements() >= 1) return {};
  return context.Error("the handle has no element");
}

// The shape rule of the operators that give a handle: output 0.
inline Status InferHandle(InferContext& context) { return context.SetOutputShape(0, {1}); }

// The kernel that writes the number of the resource. `name` is a literal.
inline Status EmitHandle(PrepareContext& context, std::string_view name, std::int32_t resource) {
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kResource}));
  return context.Emit(name, [resource](const RunContext& run) -> Status {
    *run.Output<std::int32_t>(0) = resource;
    return {};
  });
}

}  // namespace tfld::engine::reference
