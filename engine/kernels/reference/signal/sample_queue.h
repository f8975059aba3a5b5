// Samples that wait to be used: a queue of fixed capacity.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tfld::engine::reference {

class SampleQueue {
 public:
  explicit SampleQueue(std::size_t capacity, std::size_t zeros = 0) : ring_(capacity, 0), size_(zeros) {}

  std::size_t size() const { return size_; }

  // size() + count must not be above the capacity.
  void Append(const std::int16_t* samples, std::size_t count) {
    const std::size_t end = Wrap(first_ + size_);
    const std::size_t straight = std::min(count, ring_.size() - end);
    std::copy_n(samples, straight, ring_.data() + end);
    std::copy_n(samples + straight, count - straight, ring_.data());
    size_ += count;
  }
  // The oldest samples; count must not be above size(). Drop takes them off the queue.
  void Copy(std::size_t count, std::int16_t* samples) const {
    const std::size_t straight = std::min(count, ring_.size() - first_);
    std::copy_n(ring_.data() + first_, straight, samples);
    std::copy_n(ring_.data(), count - straight, samples + straight);
  }
  void Drop(std::size_t count) {
    first_ = Wrap(first_ + count);
    size_ -= count;
  }

 private:
  std::size_t Wrap(std::size_t position) const { return position >= ring_.size() ? position - ring_.size() : position; }

  std::vector<std::int16_t> ring_;
  std::size_t first_ = 0;
  std::size_t size_;
};

}  // namespace tfld::engine::reference
