// UserNames: names of users by their ids, looked up once and kept.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

namespace tfld::daemon {

class UserNames {
 public:
  // Empty for a user without a name.
  using Lookup = std::function<std::string(std::uint32_t uid)>;
  static std::string FromSystem(std::uint32_t uid);

  explicit UserNames(Lookup lookup) : lookup_(std::move(lookup)) {}

  // The name, or the number of a user without one.
  std::string NameOf(std::uint32_t uid);

 private:
  const Lookup lookup_;
  std::mutex mutex_;  // guards known_
  std::map<std::uint32_t, std::string> known_;
};

}  // namespace tfld::daemon
