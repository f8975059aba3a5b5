// The builtin operators, numbered as in the .tflite format.
#pragma once

#include <cstdint>
#include <string_view>

namespace tfld::engine {

enum class OpCode : std::int32_t {
#define TFLD_OP(constant, name, code) constant = code,
#include "engine/graph/op_codes.inc"
#undef TFLD_OP
};

inline constexpr std::int32_t kOpCodeCount = 210;

// "CONV_2D", as TensorFlow Lite writes it; "UNKNOWN" for a number outside of the enumeration.
std::string_view OpCodeName(OpCode code);

}  // namespace tfld::engine
