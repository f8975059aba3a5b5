// Whole files.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace tfld::ctl {

Result<std::string> ReadFile(const std::string& path);
// Replaces what is there, all or nothing.
Status WriteFile(const std::string& path, std::span<const std::byte> bytes);

}  // namespace tfld::ctl
