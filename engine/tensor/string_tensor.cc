#include "engine/tensor/string_tensor.h"

#include <cstring>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

std::int32_t ReadWord(const std::byte* tensor, std::size_t index) {
  std::int32_t word;
  std::memcpy(&word, tensor + index * sizeof(word), sizeof(word));
  return word;
}

}  // namespace

Status CheckStringTensor(std::span<const std::byte> bytes, std::int64_t count) {
  if (bytes.size() < sizeof(std::int32_t)) return InvalidArgument("a string tensor without its count");
  const std::int32_t written = ReadWord(bytes.data(), 0);
  if (written != count) return InvalidArgument(StrCat("a string tensor of ", written, " strings; expected ", count));
  const std::size_t table = StringTableBytes(static_cast<std::size_t>(count));
  if (bytes.size() < table) {
    return InvalidArgument(StrCat("a string tensor of ", bytes.size(), " bytes; its table needs ", table));
  }
  std::int64_t last = static_cast<std::int64_t>(table);
  for (std::int64_t i = 0; i <= count; ++i) {
    const std::int32_t offset = ReadWord(bytes.data(), static_cast<std::size_t>(i) + 1);
    const bool is_first = i == 0;
    if ((is_first && offset != last) || offset < last || static_cast<std::size_t>(offset) > bytes.size()) {
      return InvalidArgument(StrCat("offset ", i, " of a string tensor is ", offset, "; expected ", last,
                                    is_first ? "" : StrCat(" to ", bytes.size())));
    }
    last = offset;
  }
  return {};
}

std::int32_t StringReader::Word(std::size_t index) const { return ReadWord(tensor_, index); }

std::string_view StringReader::operator[](std::size_t index) const {
  const auto begin = static_cast<std::size_t>(Word(index + 1));
  const auto end = static_cast<std::size_t>(Word(index + 2));
  return {reinterpret_cast<const char*>(tensor_) + begin, end - begin};
}

StringWriter::StringWriter(std::size_t count, std::byte* tensor) : tensor_(tensor), end_(StringTableBytes(count)) {
  SetWord(0, count);
  SetWord(1, end_);
}

void StringWriter::Append(std::string_view text) {
  if (!text.empty()) std::memcpy(tensor_ + end_, text.data(), text.size());
  end_ += text.size();
  SetWord(next_++ + 2, end_);
}

void StringWriter::SetWord(std::size_t index, std::size_t value) {
  const auto word = static_cast<std::int32_t>(value);
  std::memcpy(tensor_ + index * sizeof(word), &word, sizeof(word));
}

std::vector<std::byte> EncodeStrings(std::span<const std::string> strings) {
  std::vector<std::byte> tensor(StringTensorBytes(strings));
  WriteStrings(strings, tensor.data());
  return tensor;
}

void WriteEmptyStrings(std::size_t count, std::byte* tensor) {
  StringWriter writer(count, tensor);
  for (std::size_t i = 0; i < count; ++i) writer.Append({});
}

}  // namespace tfld::engine
