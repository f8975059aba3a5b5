// The header of a .npy file: the literal of a Python dictionary with the keys descr, fortran_order and shape.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

struct NpyHeader {
  ElementType type = ElementType::kFloat32;
  bool fortran_order = false;
  Shape shape;
};

// Errors as ParseNpy's, without the name of the file.
Result<NpyHeader> ParseNpyHeader(std::string_view text);

// NumPy's description of a type, "<f4" or "|u1"; empty for a type that NumPy has not.
std::string_view NpyDescription(ElementType type);

// The dictionary, without padding.
std::string FormatNpyHeader(ElementType type, const Shape& shape);

}  // namespace tfld::engine
