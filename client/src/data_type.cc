#include "client/src/data_type.h"

#include <array>

namespace tfld {
namespace {

struct Entry {
  std::string_view name;
  std::size_t size;
};

// By the value of DataType.
constexpr std::array<Entry, 14> kTypes = {{{"BOOL", 1},
                                           {"UINT8", 1},
                                           {"UINT16", 2},
                                           {"UINT32", 4},
                                           {"UINT64", 8},
                                           {"INT8", 1},
                                           {"INT16", 2},
                                           {"INT32", 4},
                                           {"INT64", 8},
                                           {"FP16", 2},
                                           {"BF16", 2},
                                           {"FP32", 4},
                                           {"FP64", 8},
                                           {"BYTES", 0}}};

}  // namespace

std::string_view DataTypeName(DataType type) { return kTypes[static_cast<std::size_t>(type)].name; }

std::size_t DataTypeSize(DataType type) { return kTypes[static_cast<std::size_t>(type)].size; }

namespace client {

std::optional<DataType> DataTypeFromName(std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].name == name) return static_cast<DataType>(i);
  }
  return std::nullopt;
}

}  // namespace client
}  // namespace tfld
