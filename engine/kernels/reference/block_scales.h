// Weights of which each block of neighbours in a row has a scale of its own.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/half.h"

namespace tfld::engine::reference {

// The scales of the matrix `input`, row by row; its rows are a whole number of blocks.
inline Result<std::vector<float>> BlockScales(const OpContext& context, int input) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(input, 2, 2));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {ElementType::kInt8, ElementType::kInt4, ElementType::kInt2}));
  const Value& value = context.Input(input);
  const Quantization& quantization = *value.quantization;
  const std::int64_t columns = value.shape.dim(1), scales = static_cast<std::int64_t>(quantization.block_scales.size());
  if (columns % quantization.block_size != 0 || scales != value.shape.dim(0) * (columns / quantization.block_size)) {
    return context.Error(StrCat("weights of shape ", value.shape.ToString(), " have ", scales, " scales of blocks of ",
                                quantization.block_size));
  }
  std::vector<float> result;
  for (const std::uint16_t bits : quantization.block_scales) result.push_back(static_cast<float>(Half{bits}));
  return result;
}

}  // namespace tfld::engine::reference
