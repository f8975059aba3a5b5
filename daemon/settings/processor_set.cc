#include "daemon/settings/processor_set.h"

#include <bitset>
#include <charconv>

namespace tfld::daemon {
namespace {

// Takes a number from the beginning of the text.
std::optional<int> TakeNumber(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number >= kMaxProcessors) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<std::vector<int>> ParseProcessorSet(std::string_view text) {
  std::bitset<kMaxProcessors> members;
  for (;;) {
    const std::optional<int> first = TakeNumber(text);
    std::optional<int> last = first;
    if (text.starts_with('-')) {
      text.remove_prefix(1);
      last = TakeNumber(text);
    }
    if (!first || !last || *last < *first) return std::nullopt;
    for (int i = *first; i <= *last; ++i) members.set(static_cast<std::size_t>(i));
    if (text.empty()) break;
    if (!text.starts_with(',')) return std::nullopt;
    text.remove_prefix(1);
  }
  std::vector<int> processors;
  for (int i = 0; i < kMaxProcessors; ++i) {
    if (members[static_cast<std::size_t>(i)]) processors.push_back(i);
  }
  return processors;
}

}  // namespace tfld::daemon
