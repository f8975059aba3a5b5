#include "daemon/store/digest.h"

#include <sodium/crypto_hash_sha256.h>

#include <algorithm>
#include <array>
#include <vector>

namespace tfld::daemon {

struct Sha256::State {
  crypto_hash_sha256_state hash;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->hash); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::span<const std::byte> bytes) {
  crypto_hash_sha256_update(&state_->hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::string Sha256::Finish() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256_final(&state_->hash, digest.data());
  std::string text;
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256Of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

Result<std::string> Sha256Of(const ReadableFile& file) {
  Sha256 hash;
  std::vector<std::byte> buffer(std::size_t{1} << 16);
  std::uint64_t offset = 0;
  while (true) {
    TFLD_ASSIGN_OR_RETURN(const std::size_t count, file.ReadAt(offset, buffer));
    if (count == 0) return hash.Finish();
    hash.Update(std::span(buffer).first(count));
    offset += count;
  }
}

bool IsSha256(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace tfld::daemon
