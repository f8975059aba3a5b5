// The protocol's names of data types, the other way round.
#pragma once

#include <optional>
#include <string_view>

#include "tfld/client.h"

namespace tfld::client {

std::optional<DataType> DataTypeFromName(std::string_view name);

}  // namespace tfld::client
