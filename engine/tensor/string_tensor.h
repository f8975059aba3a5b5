// String tensors: how the strings of a tensor lie in its memory.
//
// As in the .tflite format: a 32-bit count n, then n + 1 32-bit offsets from the start of the tensor, then the
// characters. String i is the bytes from offset i to offset i + 1; strings may hold any bytes, zeros too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace tfld::engine {

// Bytes of the count and the offsets.
constexpr std::size_t StringTableBytes(std::size_t count) { return sizeof(std::int32_t) * (count + 2); }

// INVALID_ARGUMENT unless `bytes` is a whole table of `count` strings whose offsets ascend inside of it.
Status CheckStringTensor(std::span<const std::byte> bytes, std::int64_t count);

// Reads a tensor that has passed the check, or that a kernel has written.
class StringReader {
 public:
  explicit StringReader(const std::byte* tensor) : tensor_(tensor) {}
  std::size_t size() const { return static_cast<std::size_t>(Word(0)); }
  std::string_view operator[](std::size_t index) const;
  // Of the whole tensor.
  std::size_t bytes() const { return static_cast<std::size_t>(Word(size() + 1)); }

 private:
  std::int32_t Word(std::size_t index) const;
  const std::byte* tensor_;
};

// Writes the strings one after the other into memory of StringTableBytes(count) and the sum of their sizes, which is
// below 2^31.
class StringWriter {
 public:
  StringWriter(std::size_t count, std::byte* tensor);
  void Append(std::string_view text);

 private:
  void SetWord(std::size_t index, std::size_t value);
  std::byte* tensor_;
  std::size_t next_ = 0;
  std::size_t end_;
};

// The bytes that a tensor of these strings takes, and the tensor, into memory of as many. `strings` is a range of what
// converts to a string_view.
template <typename Strings>
std::size_t StringTensorBytes(const Strings& strings) {
  std::size_t bytes = StringTableBytes(std::size(strings));
  for (const std::string_view text : strings) bytes += text.size();
  return bytes;
}
template <typename Strings>
void WriteStrings(const Strings& strings, std::byte* tensor) {
  StringWriter writer(std::size(strings), tensor);
  for (const std::string_view text : strings) writer.Append(text);
}

// The whole tensor.
std::vector<std::byte> EncodeStrings(std::span<const std::string> strings);

void WriteEmptyStrings(std::size_t count, std::byte* tensor);

}  // namespace tfld::engine
