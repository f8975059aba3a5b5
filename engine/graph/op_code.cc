#include "engine/graph/op_code.h"

namespace tfld::engine {

std::string_view OpCodeName(OpCode code) {
  switch (code) {
#define TFLD_OP(constant, name, number) \
  case OpCode::constant:                \
    return #name;
#include "engine/graph/op_codes.inc"
#undef TFLD_OP
  }
  return "UNKNOWN";
}

}  // namespace tfld::engine
