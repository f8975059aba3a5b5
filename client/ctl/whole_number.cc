#include "client/ctl/whole_number.h"

#include <charconv>
#include <limits>
#include <string>
#include <system_error>

#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

}  // namespace

CLI::Validator WholeNumber(std::uint64_t least, std::uint64_t greatest) {
  const auto check = [least, greatest](const std::string& text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == end && StrCat(number) == text;
    if (whole && number >= least && number <= greatest) return std::string();
    return StrCat("'", text, "' came, expected a whole number from ", least,
                  greatest == kNoEnd ? " on" : StrCat(" to ", greatest),
                  ", in digits, with no sign and no 0 before them");
  };
  return {check, ""};
}

CLI::Validator WholeNumber() { return WholeNumber(0, kNoEnd); }

CLI::Validator VersionNumber() { return WholeNumber(1, kNoEnd); }

}  // namespace tfld::ctl
