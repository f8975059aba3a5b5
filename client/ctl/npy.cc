#include "client/ctl/npy.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr std::string_view kMagic{"\x93NUMPY\x01\x00", 8};
constexpr std::size_t kPreambleBytes = 10;  // the magic and the header's length

constexpr std::array<std::pair<std::string_view, DataType>, 12> kDescriptions = {{{"|b1", DataType::kBool},
                                                                                  {"|u1", DataType::kUint8},
                                                                                  {"<u2", DataType::kUint16},
                                                                                  {"<u4", DataType::kUint32},
                                                                                  {"<u8", DataType::kUint64},
                                                                                  {"|i1", DataType::kInt8},
                                                                                  {"<i2", DataType::kInt16},
                                                                                  {"<i4", DataType::kInt32},
                                                                                  {"<i8", DataType::kInt64},
                                                                                  {"<f2", DataType::kFloat16},
                                                                                  {"<f4", DataType::kFloat32},
                                                                                  {"<f8", DataType::kFloat64}}};

// What stands between the first `open` after `key` and the next `close`.
std::optional<std::string_view> Between(std::string_view text, std::string_view key, char open, char close) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = text.find(open, at + key.size());
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(close, begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(begin + 1, end - begin - 1);
}

Result<DataType> TypeOf(std::string_view header) {
  const auto description = Between(header, "'descr'", '\'', '\'').value_or("");
  for (const auto& [name, type] : kDescriptions) {
    if (name == description) return type;
  }
  return InvalidArgument(StrCat("elements of type '", description, "' are not possible"));
}

Result<std::vector<std::int64_t>> ShapeOf(std::string_view header) {
  const auto text = Between(header, "'shape'", '(', ')');
  if (!text) return InvalidArgument("the header has no shape");
  std::vector<std::int64_t> shape;
  for (const char *position = text->data(), *end = position + text->size(); position < end;) {
    if (*position == ' ' || *position == ',') {
      ++position;
      continue;
    }
    std::int64_t size = 0;
    const auto parsed = std::from_chars(position, end, size);
    if (parsed.ec != std::errc() || size < 0) return InvalidArgument(StrCat("the shape is (", *text, ")"));
    shape.push_back(size);
    position = parsed.ptr;
  }
  return shape;
}

}  // namespace

Result<NpyArray> ParseNpy(std::string_view file) {
  if (file.size() < kPreambleBytes || !file.starts_with(kMagic)) return InvalidArgument("it is not .npy version 1.0");
  const std::size_t header_bytes = static_cast<unsigned char>(file[8]) + 256u * static_cast<unsigned char>(file[9]);
  if (file.size() - kPreambleBytes < header_bytes) return InvalidArgument("it ends inside of its header");
  const std::string_view header = file.substr(kPreambleBytes, header_bytes);
  NpyArray array;
  TFLD_ASSIGN_OR_RETURN(array.type, TypeOf(header));
  TFLD_ASSIGN_OR_RETURN(array.shape, ShapeOf(header));
  const std::size_t order = header.find("'fortran_order'");
  if (order == std::string_view::npos || header.substr(order).find("False") == std::string_view::npos) {
    return InvalidArgument("it is not in C order");
  }
  const std::string_view data = file.substr(kPreambleBytes + header_bytes);
  const std::optional<std::size_t> size = client::ByteSize(array.type, array.shape);
  if (size != data.size()) {
    return InvalidArgument(
        StrCat("it has ", data.size(), " bytes of data, which do not fit its shape ", client::ShapeText(array.shape)));
  }
  array.bytes = std::as_bytes(std::span(data));
  return array;
}

Result<std::string> FormatNpy(DataType type, std::span<const std::int64_t> shape, std::span<const std::byte> bytes) {
  std::string_view description;
  for (const auto& [name, known] : kDescriptions) {
    if (known == type) description = name;
  }
  if (description.empty()) return Unimplemented(StrCat("NumPy has no name for elements of type ", DataTypeName(type)));
  std::string sizes;
  for (const std::int64_t size : shape) sizes += StrCat(size, ", ");
  std::string header = StrCat("{'descr': '", description, "', 'fortran_order': False, 'shape': (", sizes, "), }");
  header.append(63 - (kPreambleBytes + header.size()) % 64, ' ');  // the data begins at a multiple of 64
  header += '\n';
  std::string file(kMagic);
  file += static_cast<char>(header.size() & 0xFF);
  file += static_cast<char>(header.size() >> 8);
  file += header;
  return file.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace tfld::ctl
