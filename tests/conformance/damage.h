// Damages the bytes of a model, the same way for a seed on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace tfld::test {

class Damager {
 public:
  // `model` is a correct .tflite file.
  Damager(std::span<const std::byte> model, std::uint64_t seed);

  // The first bytes, at least one less than all.
  std::vector<std::byte> Truncate();
  // With one bit changed; every second time in what describes the model, not in the contents of its constants, where
  // most of the bytes are and most changes are harmless.
  std::vector<std::byte> FlipBit();

 private:
  std::vector<std::byte> model_;
  std::vector<std::size_t> structure_;  // offsets of bytes outside of constants
  std::mt19937_64 random_;
  bool in_structure_ = false;
};

}  // namespace tfld::test
