// Aligned tables and numbers for people.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace tfld::engine {

class Table {
 public:
  // Columns whose heading begins with '>' are aligned to the right.
  explicit Table(std::vector<std::string> headings);
  void AddRow(std::vector<std::string> cells);
  // Each line begins with `indent`.
  void Print(std::ostream& out, std::string_view indent = "") const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;  // the headings first
};

// 1234.5678 with 1 decimal: "1234.6"
std::string Fixed(double value, int decimals);
// "5.3 M", "812 k", "17"
std::string Scaled(double count);
std::string Kib(std::size_t bytes);  // "52.5 KiB"
// Names come from model files: what a terminal would obey is shown as '?'.
std::string Printable(std::string_view text);

}  // namespace tfld::engine
