// Elements that an operator only moves: of 8 bits or more by their size, of 4 bits one half byte at a time.
//
//   return DispatchMovable(context, type, [&]<typename T>(TypeTag<T>) -> Status {
//     ... CopyBox(box, InputElements<T>(run, 0), OutputElements<T>(run, 0));
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "engine/kernels/reference/dispatch.h"

namespace tfld::engine::reference {

// Stands for an element of 4 bits, two in a byte, the first in the low half.
struct Nibble {};

// What `const T*` is to elements that have an address. Byte is `const std::uint8_t` or `std::uint8_t`.
template <typename Byte>
class NibblePointer {
 public:
  explicit NibblePointer(Byte* bytes, std::int64_t position = 0) : bytes_(bytes), position_(position) {}

  class Reference {
   public:
    Reference(Byte* bytes, std::int64_t position) : byte_(bytes + position / 2), shift_(position % 2 * 4) {}
    Reference(const Reference&) = default;
    operator std::uint8_t() const { return static_cast<std::uint8_t>(*byte_ >> shift_ & 0xF); }
    const Reference& operator=(std::uint8_t value) const {
      *byte_ = static_cast<std::uint8_t>((*byte_ & ~(0xF << shift_)) | (value & 0xF) << shift_);
      return *this;
    }
    const Reference& operator=(const Reference& other) const { return *this = static_cast<std::uint8_t>(other); }

   private:
    Byte* byte_;
    std::int64_t shift_;
  };

  Reference operator*() const { return {bytes_, position_}; }
  Reference operator[](std::int64_t index) const { return {bytes_, position_ + index}; }
  NibblePointer operator+(std::int64_t distance) const { return NibblePointer(bytes_, position_ + distance); }

 private:
  Byte* bytes_;
  std::int64_t position_;
};

template <typename T>
auto InputElements(const RunContext& run, int index) {
  if constexpr (std::is_same_v<T, Nibble>) {
    return NibblePointer<const std::uint8_t>(run.Input<std::uint8_t>(index));
  } else {
    return run.Input<T>(index);
  }
}

// `count` is how many elements the output has: what is left of its last byte becomes 0.
template <typename T>
auto OutputElements(const RunContext& run, int index, [[maybe_unused]] std::int64_t count) {
  if constexpr (std::is_same_v<T, Nibble>) {
    auto* bytes = run.Output<std::uint8_t>(index);
    if (count % 2 != 0) bytes[count / 2] = 0;
    return NibblePointer<std::uint8_t>(bytes);
  } else {
    return run.Output<T>(index);
  }
}

// Copies neighbours.
template <typename From, typename To>
void CopyElements(From from, To to, std::int64_t count) {
  if constexpr (std::is_pointer_v<From>) {
    if (count > 0) std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(*from));
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i] = from[i];
  }
}

inline bool IsNibble(ElementType type) { return ElementBits(type) == 4; }

// As DispatchElementSize, with Nibble for 4 bits.
template <typename Function>
Status DispatchMovable(const OpContext& context, ElementType type, Function&& function) {
  if (IsNibble(type)) return function(TypeTag<Nibble>{});
  return DispatchElementSize(context, type, function);
}

// For operators that move runs of neighbours: calls function with the tag of a byte, or of Nibble, and how many of
// these an element takes.
template <typename Function>
Status DispatchUnits(const OpContext& context, ElementType type, Function&& function) {
  if (IsNibble(type)) return function(TypeTag<Nibble>{}, std::int64_t{1});
  const int bits = ElementBits(type);
  if (bits > 0 && bits % 8 == 0) return function(TypeTag<std::uint8_t>{}, std::int64_t{bits / 8});
  return context.Unsupported(StrCat("elements of type ", ElementTypeName(type), " cannot be moved"));
}

// Zero as a tensor stores it, in the bits of an element: the zero point of a quantized one.
template <typename T>
auto ZeroElement(const Value& value) {
  if constexpr (std::is_same_v<T, Block16>) {
    return Block16{};
  } else {
    using Stored = std::conditional_t<std::is_same_v<T, Nibble>, std::uint8_t, T>;
    return static_cast<Stored>(IsInteger(value.type) ? value.zero_point() : 0);
  }
}

}  // namespace tfld::engine::reference
