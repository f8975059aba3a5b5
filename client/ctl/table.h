// A table for people: columns as wide as their widest cell, two spaces between them, a heading line.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tfld::ctl {

enum class Color { kNone, kGreen, kYellow, kRed, kDim };

struct Cell {
  Cell(std::string content, Color shade = Color::kNone) : text(std::move(content)), color(shade) {}
  Cell(const char* content) : text(content) {}

  std::string text;
  Color color = Color::kNone;
};

class Table {
 public:
  // A heading that begins with '>' is that of a column of numbers, which stand on the right.
  explicit Table(std::vector<std::string> headings);

  // As many cells as headings.
  void AddRow(std::vector<Cell> cells);
  std::size_t rows() const { return rows_.size(); }

  // No spaces at the ends of lines.
  std::string ToString(bool colors) const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<Cell>> rows_;
};

// `text` in `color`, if `colors`.
std::string Paint(const std::string& text, Color color, bool colors);

}  // namespace tfld::ctl
