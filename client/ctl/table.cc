#include "client/ctl/table.h"

#include <algorithm>
#include <utility>

namespace tfld::ctl {
namespace {

const char* Escape(Color color) {
  switch (color) {
    case Color::kGreen: return "\033[32m";
    case Color::kYellow: return "\033[33m";
    case Color::kRed: return "\033[31m";
    case Color::kDim: return "\033[2m";
    case Color::kNone: break;
  }
  return "";
}

// Characters, for UTF-8: bytes that do not continue one.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string Paint(const std::string& text, Color color, bool colors) {
  if (!colors || color == Color::kNone || text.empty()) return text;
  return Escape(color) + text + "\033[0m";
}

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {
  for (std::string& heading : headings_) {
    right_.push_back(heading.starts_with('>'));
    if (right_.back()) heading.erase(0, 1);
  }
}

void Table::AddRow(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

std::string Table::ToString(bool colors) const {
  std::vector<std::size_t> widths;
  for (const std::string& heading : headings_) widths.push_back(Width(heading));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i].text));
  }
  std::string out;
  const auto add_line = [&](const std::vector<Cell>& row) {
    std::string spaces;  // owed: written only before something
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Width(row[i].text), ' ');
      if (right_[i]) spaces += padding;
      if (!row[i].text.empty()) out += std::exchange(spaces, {}) + Paint(row[i].text, row[i].color, colors);
      if (!right_[i]) spaces += padding;
      spaces += "  ";
    }
    out += '\n';
  };
  std::vector<Cell> first;
  for (const std::string& heading : headings_) first.emplace_back(heading, Color::kDim);
  add_line(first);
  for (const auto& row : rows_) add_line(row);
  return out;
}

}  // namespace tfld::ctl
