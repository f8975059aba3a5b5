#include "tests/conformance/damage.h"

#include <tflite_generated.h>

namespace tfld::test {

Damager::Damager(std::span<const std::byte> model, std::uint64_t seed)
    : model_(model.begin(), model.end()), random_(seed) {
  const auto* base = reinterpret_cast<const std::uint8_t*>(model_.data());
  std::vector<bool> constant(model_.size());
  for (const wire::Buffer* buffer : *wire::GetModel(base)->buffers()) {
    if (buffer->data() == nullptr) continue;
    const auto first = static_cast<std::size_t>(buffer->data()->data() - base);
    for (std::size_t i = 0; i < buffer->data()->size(); ++i) constant[first + i] = true;
  }
  for (std::size_t i = 0; i < model_.size(); ++i) {
    if (!constant[i]) structure_.push_back(i);
  }
}

std::vector<std::byte> Damager::Truncate() {
  const std::size_t length = random_() % model_.size();
  return {model_.begin(), model_.begin() + static_cast<std::ptrdiff_t>(length)};
}

std::vector<std::byte> Damager::FlipBit() {
  in_structure_ = !in_structure_;
  const std::size_t offset = in_structure_ ? structure_[random_() % structure_.size()] : random_() % model_.size();
  std::vector<std::byte> bytes = model_;
  bytes[offset] ^= static_cast<std::byte>(1U << (random_() % 8));
  return bytes;
}

}  // namespace tfld::test
