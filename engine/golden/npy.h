// NumPy's .npy files, version 1.0: little-endian, C order, one array a file.
//
// Source: the NumPy Enhancement Proposal "A simple file format for NumPy arrays" and the format's documentation. The
// bytes may come from anywhere: everything is checked before memory is taken by it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

struct NpyArray {
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::byte> data;  // exactly as long as type and shape say
};

// `name` is for messages. INVALID_ARGUMENT for bytes that are no such file; UNIMPLEMENTED for an array of another
// version, byte order, memory order or element type.
Result<NpyArray> ParseNpy(std::span<const std::byte> bytes, std::string_view name);

// ParseNpy of a file; also the errors of ReadFile.
Result<NpyArray> ReadNpy(const std::string& path, std::size_t max_bytes);

// `data` is as long as type and shape say. UNIMPLEMENTED for a type that NumPy has not (int4, bfloat16, strings).
Result<std::vector<std::byte>> EncodeNpy(ElementType type, const Shape& shape, std::span<const std::byte> data);
Status WriteNpy(const std::string& path, ElementType type, const Shape& shape, std::span<const std::byte> data);

}  // namespace tfld::engine
