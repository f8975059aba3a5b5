// Tensors as NumPy files: .npy version 1.0, little-endian, C order.
// Source of the format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "tfld/client.h"

namespace tfld::ctl {

struct NpyArray {
  DataType type = DataType::kFloat32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> bytes;  // in the file that was parsed
};

// Errors: INVALID_ARGUMENT, with the reason. `file` must outlive the array.
Result<NpyArray> ParseNpy(std::string_view file);

// Types without a name in NumPy (BF16, BYTES): UNIMPLEMENTED.
Result<std::string> FormatNpy(DataType type, std::span<const std::int64_t> shape, std::span<const std::byte> bytes);

}  // namespace tfld::ctl
