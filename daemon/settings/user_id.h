// The number of a user of this system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tfld::daemon {

// Nothing when there is no user of that name.
std::optional<std::uint32_t> UserIdOf(const std::string& name);

}  // namespace tfld::daemon
