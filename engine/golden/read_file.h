// Reads a small file whole. For goldens and tools; models are mapped instead (engine/base/mapped_file.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::engine {

// Errors: NOT_FOUND, PERMISSION_DENIED; INVALID_ARGUMENT when it is no regular file; RESOURCE_EXHAUSTED when it is
// longer than `max_bytes`.
Result<std::vector<std::byte>> ReadFile(const std::string& path, std::size_t max_bytes);

// Creates the file or replaces its contents.
Status WriteFile(const std::string& path, const std::vector<std::byte>& bytes);

}  // namespace tfld::engine
