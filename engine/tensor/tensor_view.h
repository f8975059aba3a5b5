// TensorView: a tensor's type, shape and bytes, not owned. Elements are dense, in C order, little-endian.
#pragma once

#include <cstddef>
#include <span>

#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

struct TensorView {
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::span<std::byte> bytes;

  // T must be the type that `type` names.
  template <typename T>
  std::span<T> As() const {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

}  // namespace tfld::engine
