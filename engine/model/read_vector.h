// Vectors of the FlatBuffer whose elements are wider than 4 bytes.
#pragma once

#include <cstring>
#include <vector>

#include "tflite_generated.h"

namespace tfld::engine {

// A copy; empty for null. The verifier has made sure that the vector lies inside of the bytes, not that its elements
// are aligned for their type.
template <typename T>
std::vector<T> ReadVector(const flatbuffers::Vector<T>* vector) {
  std::vector<T> values(vector == nullptr ? 0 : vector->size());
  if (!values.empty()) std::memcpy(values.data(), vector->Data(), values.size() * sizeof(T));
  return values;
}

}  // namespace tfld::engine
