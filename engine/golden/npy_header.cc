#include "engine/golden/npy_header.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

constexpr std::array<std::pair<ElementType, std::string_view>, 15> kDescriptions = {{
    {ElementType::kFloat16, "<f2"},
    {ElementType::kBFloat16, "<V2"},  // as NumPy writes what it has no name for
    {ElementType::kFloat32, "<f4"},
    {ElementType::kFloat64, "<f8"},
    {ElementType::kInt8, "|i1"},
    {ElementType::kInt16, "<i2"},
    {ElementType::kInt32, "<i4"},
    {ElementType::kInt64, "<i8"},
    {ElementType::kUInt8, "|u1"},
    {ElementType::kUInt16, "<u2"},
    {ElementType::kUInt32, "<u4"},
    {ElementType::kUInt64, "<u8"},
    {ElementType::kBool, "|b1"},
    {ElementType::kComplex64, "<c8"},
    {ElementType::kComplex128, "<c16"},
}};

// Reads the few kinds of literals that the dictionary can hold. Every function returns nothing at the first character
// that does not fit.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool Take(char expected) {
    SkipSpace();
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool TakeWord(std::string_view word) {
    SkipSpace();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string_view> String() {
    SkipSpace();
    if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return std::nullopt;
    const std::size_t end = text_.find(text_.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return value;
  }

  std::optional<std::int32_t> Number() {
    SkipSpace();
    std::int32_t value = 0;
    const auto result = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (result.ec != std::errc() || value < 0) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(result.ptr - text_.data()));
    return value;
  }

  std::optional<std::vector<std::int32_t>> Tuple() {
    if (!Take('(')) return std::nullopt;
    std::vector<std::int32_t> values;
    while (!Take(')')) {
      const auto value = Number();
      if (!value || values.size() > 64) return std::nullopt;
      values.push_back(*value);
      if (!Take(',') && !Peek(')')) return std::nullopt;
    }
    return values;
  }

  bool AtEnd() {
    SkipSpace();
    return text_.empty();
  }

 private:
  void SkipSpace() {
    const std::size_t start = text_.find_first_not_of(" \t\n");
    text_.remove_prefix(start == std::string_view::npos ? text_.size() : start);
  }
  bool Peek(char expected) {
    SkipSpace();
    return !text_.empty() && text_.front() == expected;
  }

  std::string_view text_;
};

Status ParseType(std::string_view description, NpyHeader& header) {
  for (const auto& [type, name] : kDescriptions) {
    // One byte has no order: NumPy writes '|', others write '<'.
    if (description == name || (name[0] == '|' && description.size() == 3 && description.substr(1) == name.substr(1))) {
      header.type = type;
      return {};
    }
  }
  return Unimplemented(StrCat("elements of type '", description, "'; little-endian numbers and booleans are read"));
}

// One "key: value" of the dictionary; sets the key's bit in `seen`.
Status ParseEntry(Scanner& scanner, NpyHeader& header, unsigned& seen) {
  const auto key = scanner.String();
  if (!key || !scanner.Take(':')) return InvalidArgument("the header is not a dictionary");
  if (*key == "descr") {
    const auto description = scanner.String();
    if (!description) return Unimplemented("a structured element type");
    seen |= 1;
    return ParseType(*description, header);
  }
  if (*key == "fortran_order") {
    header.fortran_order = scanner.TakeWord("True");
    if (!header.fortran_order && !scanner.TakeWord("False")) return InvalidArgument("fortran_order is not a boolean");
    seen |= 2;
    return {};
  }
  if (*key == "shape") {
    const auto dims = scanner.Tuple();
    if (!dims) return InvalidArgument("the shape is not a tuple of sizes");
    TFLD_ASSIGN_OR_RETURN(header.shape, Shape::Make(*dims));
    seen |= 4;
    return {};
  }
  return InvalidArgument(StrCat("the header has the unknown key '", *key, "'"));
}

}  // namespace

Result<NpyHeader> ParseNpyHeader(std::string_view text) {
  Scanner scanner(text);
  NpyHeader header;
  unsigned seen = 0;
  if (!scanner.Take('{')) return InvalidArgument("the header is not a dictionary");
  while (!scanner.Take('}')) {
    TFLD_RETURN_IF_ERROR(ParseEntry(scanner, header, seen));
    if (scanner.Take(',')) continue;
    if (!scanner.Take('}')) return InvalidArgument("the header is not a dictionary");
    break;
  }
  if (seen != 7 || !scanner.AtEnd()) return InvalidArgument("the header does not have descr, fortran_order and shape");
  return header;
}

std::string_view NpyDescription(ElementType type) {
  for (const auto& [candidate, name] : kDescriptions) {
    if (candidate == type) return name;
  }
  return {};
}

std::string FormatNpyHeader(ElementType type, const Shape& shape) {
  std::string dims;
  for (const std::int32_t dim : shape.dims()) dims += StrCat(dims.empty() ? "" : ", ", dim);
  if (shape.rank() == 1) dims += ",";
  return StrCat("{'descr': '", NpyDescription(type), "', 'fortran_order': False, 'shape': (", dims, "), }");
}

}  // namespace tfld::engine
