#include "engine/golden/npy.h"

#include <algorithm>
#include <cstring>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"
#include "engine/golden/npy_header.h"
#include "engine/golden/read_file.h"

namespace tfld::engine {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPrefixBytes = 10;  // magic, two bytes of version, two of the header's length
constexpr std::size_t kDataAlignment = 64;

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<NpyArray> Parse(std::span<const std::byte> bytes) {
  if (bytes.size() < kPrefixBytes || !AsText(bytes).starts_with(kMagic)) return InvalidArgument("not a .npy file");
  if (bytes[6] != std::byte{1} || bytes[7] != std::byte{0}) {
    return Unimplemented(StrCat("format version ", static_cast<int>(bytes[6]), ".", static_cast<int>(bytes[7]),
                                "; version 1.0 is read"));
  }
  const std::size_t header_bytes = static_cast<std::size_t>(bytes[8]) | static_cast<std::size_t>(bytes[9]) << 8;
  if (header_bytes > bytes.size() - kPrefixBytes) return InvalidArgument("the header is cut off");
  TFLD_ASSIGN_OR_RETURN(const NpyHeader header, ParseNpyHeader(AsText(bytes.subspan(kPrefixBytes, header_bytes))));
  if (header.fortran_order && header.shape.rank() > 1) return Unimplemented("an array in Fortran order");

  const std::span<const std::byte> data = bytes.subspan(kPrefixBytes + header_bytes);
  const std::size_t expected = ByteSize(header.type, header.shape.NumElements());
  if (data.size() != expected) {
    return InvalidArgument(StrCat(ElementTypeName(header.type), " ", header.shape.ToString(), " needs ", expected,
                                  " bytes, has ", data.size()));
  }
  return NpyArray{header.type, header.shape, {data.begin(), data.end()}};
}

}  // namespace

Result<NpyArray> ParseNpy(std::span<const std::byte> bytes, std::string_view name) {
  auto array = Parse(bytes);
  if (!array.ok()) return array.status().WithContext(name);
  return array;
}

Result<NpyArray> ReadNpy(const std::string& path, std::size_t max_bytes) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, max_bytes));
  return ParseNpy(bytes, path);
}

Result<std::vector<std::byte>> EncodeNpy(ElementType type, const Shape& shape, std::span<const std::byte> data) {
  if (NpyDescription(type).empty()) {
    return Unimplemented(StrCat("NumPy has no elements of type ", ElementTypeName(type)));
  }
  std::string header = FormatNpyHeader(type, shape);
  // The data begin at a multiple of 64 bytes; a newline ends the header.
  const std::size_t total = AlignUp(kPrefixBytes + header.size() + 1, kDataAlignment);
  header.resize(total - kPrefixBytes - 1, ' ');
  header.push_back('\n');

  std::vector<std::byte> bytes(total + data.size());
  std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
  bytes[6] = std::byte{1};
  bytes[8] = static_cast<std::byte>(header.size() & 0xFF);
  bytes[9] = static_cast<std::byte>(header.size() >> 8);
  std::memcpy(bytes.data() + kPrefixBytes, header.data(), header.size());
  std::ranges::copy(data, bytes.begin() + static_cast<std::ptrdiff_t>(total));
  return bytes;
}

Status WriteNpy(const std::string& path, ElementType type, const Shape& shape, std::span<const std::byte> data) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, EncodeNpy(type, shape, data));
  return WriteFile(path, bytes);
}

}  // namespace tfld::engine
