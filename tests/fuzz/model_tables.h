// The tables of a .tflite file by their type tables, for the mutator.
#pragma once

#include <flatbuffers/minireflect.h>
#include <tflite_generated.h>

namespace tfld::test {

// The member of a union that `value` stands for; null for none, and for one that is no table.
const flatbuffers::TypeTable* MemberTypes(const flatbuffers::TypeTable& members, std::size_t value);

// Whether elements of eight bytes lie at multiples of eight from `start`, in all vectors of a verified model. The
// verifier of FlatBuffers asks for multiples of four, and its object interface reads them as if they were aligned.
bool WideVectorsAreAligned(const std::uint8_t* start);

}  // namespace tfld::test
