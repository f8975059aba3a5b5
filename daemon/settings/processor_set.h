// A set of processors as Linux writes it in its lists: "0", "0-3,6".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tfld::daemon {

inline constexpr int kMaxProcessors = 1024;

// Their numbers in ascending order, each once; nothing when the text is no such list, names no processor or one that is
// not below kMaxProcessors.
std::optional<std::vector<int>> ParseProcessorSet(std::string_view text);

}  // namespace tfld::daemon
