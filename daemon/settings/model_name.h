// Which names models can have. The rule is the store's (daemon/store/names.h), which this room does not know; a test
// compares the two.
#pragma once

#include <string_view>

namespace tfld::daemon {

inline constexpr std::string_view kModelNameExpected = "1 to 64 of A-Z a-z 0-9 . _ - and no '.' first";

bool IsModelName(std::string_view name);

}  // namespace tfld::daemon
