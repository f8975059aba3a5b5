// UserAccounts: how much of the channels' limits each user has taken.
//
// Thread rule: one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace tfld::daemon {

class UserAccounts {
 public:
  struct Account {
    std::size_t connections = 0;
    std::size_t bytes = 0;
  };

  Account Of(std::uint32_t uid) const {
    const auto found = accounts_.find(uid);
    return found != accounts_.end() ? found->second : Account{};
  }
  void AddConnection(std::uint32_t uid) { ++accounts_[uid].connections; }
  void AddBytes(std::uint32_t uid, std::size_t bytes) { accounts_[uid].bytes += bytes; }
  // A connection of the user ended, and gave back `bytes`.
  void Release(std::uint32_t uid, std::size_t bytes) {
    const auto found = accounts_.find(uid);
    if (found == accounts_.end()) return;
    found->second.bytes -= bytes;
    if (--found->second.connections == 0) accounts_.erase(found);
  }

 private:
  std::unordered_map<std::uint32_t, Account> accounts_;
};

}  // namespace tfld::daemon
