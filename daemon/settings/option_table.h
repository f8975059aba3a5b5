// The one list of options: where each stands in the file, what it may be, and which field of Settings it sets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/settings/settings.h"

namespace tfld::daemon {

struct IntegerOption {
  std::int64_t min;
  std::int64_t max;
  void (*set)(Settings& settings, std::int64_t value);  // min <= value <= max
};

struct RealOption {
  double min;
  double max;
  void (*set)(Settings& settings, double value);  // min <= value <= max
};

struct BooleanOption {
  void (*set)(Settings& settings, bool value);
};

struct TextOption {
  std::string_view expected;                                 // for the message: "one of ..."
  bool (*set)(Settings& settings, const std::string& text);  // false when the text is not what is expected
};

struct ListOption {
  std::string_view expected;  // of each
  bool (*fits)(const std::string& text);
  void (*set)(Settings& settings, const std::vector<std::string>& texts);  // all fit
};

struct Option {
  std::string_view table;  // empty: at the top of the file
  std::string_view key;
  std::variant<IntegerOption, RealOption, BooleanOption, TextOption, ListOption> kind;
};

// The options of the table "limits" are those of each entry of [[users]] too.
std::span<const Option> AllOptions();

// What the option may be, for messages: "a whole number from 0 to 256".
std::string Expectation(const Option& option);

// "inference.executors"
std::string FullName(const Option& option);

}  // namespace tfld::daemon
