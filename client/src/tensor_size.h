// How many elements and bytes a tensor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/base/result.h"
#include "tfld/client.h"

namespace tfld::client {

// Absent when a size is open, negative, or the product overflows.
std::optional<std::size_t> ElementCount(std::span<const std::int64_t> shape);

// Of elements that are all zero; a string is empty then, and takes the four bytes of its length. Absent as above.
std::optional<std::size_t> ByteSize(DataType type, std::span<const std::int64_t> shape);

// "[1, 49, 10, 1]"
std::string ShapeText(std::span<const std::int64_t> shape);

}  // namespace tfld::client
