#include "engine/kernels/reference/farm_fingerprint.h"

#include <bit>
#include <cstring>
#include <utility>

namespace tfld::engine::reference {
namespace {

using Word = std::uint64_t;

// Primes between 2^63 and 2^64.
constexpr Word kPrime0 = 0xC3A5C85C97CB3127;
constexpr Word kPrime1 = 0xB492B66FBE98F273;
constexpr Word kPrime2 = 0x9AE16A3B2F90404F;

// The bytes as little-endian numbers; positions may also be counted from the end.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Word size() const { return bytes_.size(); }
  Word At64(Word position) const { return Read<std::uint64_t>(position); }
  Word FromEnd64(Word distance) const { return Read<std::uint64_t>(size() - distance); }
  Word At32(Word position) const { return Read<std::uint32_t>(position); }
  Word FromEnd32(Word distance) const { return Read<std::uint32_t>(size() - distance); }
  Word At8(Word position) const { return Read<std::uint8_t>(position); }

 private:
  template <typename T>
  T Read(Word position) const {
    T number;
    std::memcpy(&number, bytes_.data() + position, sizeof(T));
    return number;
  }

  std::span<const std::byte> bytes_;
};
static_assert(std::endian::native == std::endian::little);

Word FoldHigh(Word x) { return x ^ (x >> 47); }

Word Mix(Word a, Word b, Word factor) {
  const Word first = FoldHigh((a ^ b) * factor);
  return FoldHigh((b ^ first) * factor) * factor;
}

Word HashUpTo16(const Reader& bytes) {
  const Word size = bytes.size(), factor = kPrime2 + size * 2;
  if (size >= 8) {
    const Word a = bytes.At64(0) + kPrime2, b = bytes.FromEnd64(8);
    return Mix(std::rotr(b, 37) * factor + a, (std::rotr(a, 25) + b) * factor, factor);
  }
  if (size >= 4) return Mix(size + (bytes.At32(0) << 3), bytes.FromEnd32(4), factor);
  if (size == 0) return kPrime2;
  const Word y = bytes.At8(0) + (bytes.At8(size / 2) << 8);
  const Word z = size + (bytes.At8(size - 1) << 2);
  return FoldHigh(y * kPrime2 ^ z * kPrime0) * kPrime2;
}

// The state that 17 to 64 bytes share: the first 16 and the last 16 of them, mixed in two ways.
struct Ends {
  Word factor, a, sum, mixed;

  explicit Ends(const Reader& bytes, Word first_factor) : factor(kPrime2 + bytes.size() * 2) {
    a = bytes.At64(0) * first_factor;
    const Word b = bytes.At64(8), c = bytes.FromEnd64(8) * factor, d = bytes.FromEnd64(16) * kPrime2;
    sum = std::rotr(a + b, 43) + std::rotr(c, 30) + d;
    mixed = Mix(sum, a + std::rotr(b + kPrime2, 18) + c, factor);
  }
};

Word HashUpTo32(const Reader& bytes) { return Ends(bytes, kPrime1).mixed; }

Word HashUpTo64(const Reader& bytes) {
  const Ends ends(bytes, kPrime2);
  const Word e = bytes.At64(16) * ends.factor, f = bytes.At64(24);
  const Word g = (ends.sum + bytes.FromEnd64(32)) * ends.factor;
  const Word h = (ends.mixed + bytes.FromEnd64(24)) * ends.factor;
  return Mix(std::rotr(e + f, 43) + std::rotr(g, 30) + h, e + std::rotr(f + ends.a, 18) + g, ends.factor);
}

struct Pair {
  Word first = 0, second = 0;
};

Pair Hash32Bytes(const Reader& bytes, Word position, Word a, Word b) {
  a += bytes.At64(position);
  const Word sum = a + bytes.At64(position + 8) + bytes.At64(position + 16);
  const Word last = bytes.At64(position + 24);
  return {sum + last, std::rotr(b + a + last, 21) + std::rotr(sum, 44) + a};
}

// 56 bytes of state, fed with 64 bytes a step.
struct State {
  Word x, y, z;
  Pair v{}, w{};

  // `weight` is 1 for all steps but the last one.
  void Step(const Reader& bytes, Word position, Word factor, Word weight) {
    x = std::rotr(x + y + v.first + bytes.At64(position + 8), 37) * factor;
    y = std::rotr(y + v.second + bytes.At64(position + 48), 42) * factor;
    x ^= w.second * weight;
    y += v.first * weight + bytes.At64(position + 40);
    z = std::rotr(z + w.first, 33) * factor;
    v = Hash32Bytes(bytes, position, v.second * factor, x + w.first);
    w = Hash32Bytes(bytes, position + 32, z + w.second, y + bytes.At64(position + 16));
    std::swap(z, x);
  }
};

Word HashLong(const Reader& bytes) {
  constexpr Word kSeed = 81;
  const Word y = kSeed * kPrime1 + 113;
  State state{.x = kSeed * kPrime2 + bytes.At64(0), .y = y, .z = FoldHigh(y * kPrime2 + 113) * kPrime2};
  const Word rest = (bytes.size() - 1) % 64;  // of the last step, which overlaps the one before
  for (Word position = 0; position + 64 < bytes.size(); position += 64) state.Step(bytes, position, kPrime1, 1);
  const Word factor = kPrime1 + ((state.z & 0xFF) << 1);
  state.w.first += rest;
  state.v.first += state.w.first;
  state.w.first += state.v.first;
  state.Step(bytes, bytes.size() - 64, factor, 9);
  return Mix(Mix(state.v.first, state.w.first, factor) + FoldHigh(state.y) * kPrime0 + state.z,
             Mix(state.v.second, state.w.second, factor) + state.x, factor);
}

}  // namespace

std::uint64_t FarmFingerprint64(std::span<const std::byte> bytes) {
  const Reader reader(bytes);
  if (reader.size() <= 16) return HashUpTo16(reader);
  if (reader.size() <= 32) return HashUpTo32(reader);
  return reader.size() <= 64 ? HashUpTo64(reader) : HashLong(reader);
}

}  // namespace tfld::engine::reference
