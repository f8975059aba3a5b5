// How the integers of a quantized tensor stand for real numbers: real = scale * (integer - zero_point).
//
// Source: the TensorFlow Lite 8-bit quantization specification. Per-tensor: one scale and one zero point. Per-channel:
// one of each for every index of `axis`; weights are symmetric (zero points 0). Blockwise: a scale for each block of a
// row.
#pragma once

#include <cstdint>
#include <vector>

namespace tfld::engine {

struct Quantization {
  std::vector<float> scales;              // finite and positive; empty for a tensor that is not quantized
  std::vector<std::int32_t> zero_points;  // as many as scales
  int axis = 0;                           // only when per_channel()
  // Blockwise: as many neighbours of a row have a scale of their own, and the zero point 0. `scales` is empty then.
  int block_size = 0;                         // 0: not blockwise
  std::vector<std::uint16_t> block_scales{};  // the bits of half-precision numbers, row by row

  bool empty() const { return scales.empty(); }
  bool per_channel() const { return scales.size() > 1; }
  bool operator==(const Quantization&) const = default;
};

}  // namespace tfld::engine
