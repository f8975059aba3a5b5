// Random numbers as functions of a key and a counter: Philox 4x32 with 10 rounds, and Threefry 2x32 with 20 (Salmon et
// al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace tfld::engine::reference {

struct Philox {
  using Block = std::array<std::uint32_t, 4>;  // also the counter

  static Block Generate(std::array<std::uint32_t, 2> key, Block counter) {
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0];
      const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * counter[2];
      counter = {High(b) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b), High(a) ^ counter[3] ^ key[1],
                 static_cast<std::uint32_t>(a)};
      key[0] += 0x9E3779B9U;
      key[1] += 0xBB67AE85U;
    }
    return counter;
  }

 private:
  static std::uint32_t High(std::uint64_t product) { return static_cast<std::uint32_t>(product >> 32); }
};

struct Threefry {
  using Block = std::array<std::uint32_t, 2>;

  static Block Generate(std::array<std::uint32_t, 2> key, Block counter) {
    constexpr int kRotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    const std::array<std::uint32_t, 3> keys = {key[0], key[1], key[0] ^ key[1] ^ 0x1BD11BDAU};
    counter[0] += keys[0];
    counter[1] += keys[1];
    for (std::uint32_t group = 1; group <= 5; ++group) {
      for (const int rotation : kRotations[(group - 1) % 2]) {
        counter[0] += counter[1];
        counter[1] = std::rotl(counter[1], rotation) ^ counter[0];
      }
      counter[0] += keys[group % 3];
      counter[1] += keys[(group + 1) % 3] + group;
    }
    return counter;
  }
};

}  // namespace tfld::engine::reference
