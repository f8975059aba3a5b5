#include "client/ctl/finite_number.h"

#include <charconv>
#include <string>
#include <system_error>

#include "engine/base/str_cat.h"

namespace tfld::ctl {

CLI::Validator FiniteNumber(double least, double greatest) {
  const auto check = [least, greatest](const std::string& text) {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool inside = number >= least && number <= greatest;  // nan is not
    if (parsed.ec == std::errc() && parsed.ptr == end && inside) return std::string();
    return StrCat("'", text, "' came, expected a number from ", least, " to ", greatest);
  };
  return {check, ""};
}

}  // namespace tfld::ctl
