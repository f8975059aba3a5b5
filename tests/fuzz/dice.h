// Random choices, the same for a seed on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

namespace tfld::test {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Bits() { return engine_(); }
  // From 0 to count - 1.
  std::size_t Below(std::size_t count) { return count == 0 ? 0 : static_cast<std::size_t>(engine_() % count); }
  // From least to greatest, both included.
  int Between(int least, int greatest) {
    return least + static_cast<int>(Below(static_cast<std::size_t>(greatest - least) + 1));
  }
  bool OneIn(std::size_t count) { return Below(count) == 0; }
  // From 0 to 1.
  float Unit() { return static_cast<float>(Below(1 << 20)) / static_cast<float>(1 << 20); }

  template <typename T>
  T Of(std::initializer_list<T> choices) {
    return choices.begin()[Below(choices.size())];
  }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tfld::test
