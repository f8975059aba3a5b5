// DENSIFY: a constant in a sparse encoding -> the same tensor, dense. Folded at load, so that it costs nothing later.
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/nn.h"
#include "engine/tensor/sparsity.h"

namespace tfld::engine::reference {

Status InferDensify(InferContext& context) { return context.SetOutputShape(0, context.Input(0).shape); }

Status PrepareDensify(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Value& input = context.Input(0);
  const int bits = ElementBits(input.type);
  if (bits < 8) return context.Unsupported(StrCat("type ", ElementTypeName(input.type), " is not supported"));
  const auto element_bytes = static_cast<std::size_t>(bits / 8);
  const std::int64_t count = input.shape.NumElements();
  return context.Emit("reference.densify", [sparsity = input.sparsity, element_bytes, count](const RunContext& run) {
    const auto* stored = run.Input<std::byte>(0);
    auto* dense = run.Output<std::byte>(0);
    if (sparsity != nullptr) {
      ExpandSparse(*sparsity, element_bytes, stored, dense, count);
    } else if (count > 0) {  // dense already, as another node reads it too
      std::memcpy(dense, stored, static_cast<std::size_t>(count) * element_bytes);
    }
    return Status();
  });
}

}  // namespace tfld::engine::reference
