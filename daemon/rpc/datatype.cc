#include "daemon/rpc/datatype.h"

namespace tfld::daemon {

using engine::ElementType;

std::string_view DatatypeName(ElementType type) {
  switch (type) {
    case ElementType::kBool: return "BOOL";
    case ElementType::kInt8: return "INT8";
    case ElementType::kInt16: return "INT16";
    case ElementType::kInt32: return "INT32";
    case ElementType::kInt64: return "INT64";
    case ElementType::kUInt8: return "UINT8";
    case ElementType::kUInt16: return "UINT16";
    case ElementType::kUInt32: return "UINT32";
    case ElementType::kUInt64: return "UINT64";
    case ElementType::kFloat16: return "FP16";
    case ElementType::kBFloat16: return "BF16";
    case ElementType::kFloat32: return "FP32";
    case ElementType::kFloat64: return "FP64";
    case ElementType::kString: return "BYTES";
    default: return engine::ElementTypeName(type);
  }
}

bool IsTransferable(ElementType type) {
  switch (type) {
    case ElementType::kBool:
    case ElementType::kInt8:
    case ElementType::kInt16:
    case ElementType::kInt32:
    case ElementType::kInt64:
    case ElementType::kUInt8:
    case ElementType::kUInt16:
    case ElementType::kUInt32:
    case ElementType::kUInt64:
    case ElementType::kFloat16:
    case ElementType::kBFloat16:
    case ElementType::kFloat32:
    case ElementType::kFloat64:
    case ElementType::kString: return true;
    default: return false;
  }
}

}  // namespace tfld::daemon
