// ClientTable: gives each user that sends requests a small number, so that counts by client lie in arrays. Only so many
// users have one of their own; whoever comes later shares the last, so that nobody can fill memory with identities.
//
// Thread rule: any thread; without a lock and without allocation. A number, once given, stays.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tfld::daemon {

class ClientTable {
 public:
  static constexpr std::size_t kOwn = 64;      // users with a number of their own
  static constexpr std::size_t kOther = kOwn;  // the number of all others
  static constexpr std::size_t kSize = kOwn + 1;

  std::size_t IndexOf(std::uint32_t uid) {
    const std::uint64_t wanted = uid + kUsed;
    for (std::size_t i = 0; i < kOwn; ++i) {
      std::uint64_t found = slots_[i].load(std::memory_order_relaxed);
      if (found == wanted) return i;
      if (found != 0) continue;
      if (slots_[i].compare_exchange_strong(found, wanted, std::memory_order_relaxed)) return i;
      if (found == wanted) return i;
    }
    return kOther;
  }

  // Nothing for a number that was not given, and for kOther.
  std::optional<std::uint32_t> UidOf(std::size_t index) const {
    const std::uint64_t found = index < kOwn ? slots_[index].load(std::memory_order_relaxed) : 0;
    if (found == 0) return std::nullopt;
    return static_cast<std::uint32_t>(found - kUsed);
  }

 private:
  static constexpr std::uint64_t kUsed = std::uint64_t{1} << 32;  // so that uid 0 is no empty slot

  std::array<std::atomic<std::uint64_t>, kOwn> slots_{};
};

}  // namespace tfld::daemon
