// The constants of a model: where the bytes of each buffer lie, inside of the FlatBuffer or behind it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/result.h"
#include "tflite_generated.h"

namespace tfld::engine {

// The bytes of one buffer; empty for a buffer without data. INVALID_ARGUMENT when a range leaves the file.
Result<std::span<const std::byte>> BufferBytes(const wire::Buffer& buffer, std::span<const std::byte> file);

// `bytes` when they are aligned, or an aligned copy whose owner is added to `storage`.
std::span<const std::byte> Aligned(std::span<const std::byte> bytes, std::size_t alignment,
                                   std::vector<std::shared_ptr<const void>>& storage);

// `bytes` when each is 0 or 1, or a copy where all others are 1, whose owner is added to `storage`.
std::span<const std::byte> Booleans(std::span<const std::byte> bytes,
                                    std::vector<std::shared_ptr<const void>>& storage);

}  // namespace tfld::engine
