#include "client/ctl/whole_number.h"

#include <charconv>
#include <cstdint>
#include <string>
#include <system_error>

#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

CLI::Validator NumberFrom(std::uint64_t least) {
  const auto check = [least](const std::string& text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == end && StrCat(number) == text;
    if (whole && number >= least) return std::string();
    return StrCat("'", text, "' came, expected a whole number from ", least,
                  " on, in digits, with no sign and no 0 before them");
  };
  return {check, ""};
}

}  // namespace

CLI::Validator WholeNumber() { return NumberFrom(0); }

CLI::Validator VersionNumber() { return NumberFrom(1); }

}  // namespace tfld::ctl
