// SHA-256 (FIPS 180-4), of bytes as they come. Thread rule: a value with one owner.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "daemon/store/file_system.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::span<const std::byte> bytes);
  // The digest as 64 lower-case hexadecimal digits. Once, and no Update after it.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string Sha256Of(std::span<const std::byte> bytes);
Result<std::string> Sha256Of(const ReadableFile& file);

// 64 lower-case hexadecimal digits.
bool IsSha256(std::string_view text);

}  // namespace tfld::daemon
