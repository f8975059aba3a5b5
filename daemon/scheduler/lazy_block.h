// LazyBlock: memory for counters that many versions never need, made by the first thread that counts there.
//
// Thread rule: Get and Peek on any thread, without a lock; destroyed when nobody counts any more.
#pragma once

#include <atomic>
#include <memory>

namespace tfld::daemon {

template <typename T>
class LazyBlock {
 public:
  LazyBlock() = default;
  ~LazyBlock() { delete block_.load(std::memory_order_relaxed); }
  LazyBlock(const LazyBlock&) = delete;
  LazyBlock& operator=(const LazyBlock&) = delete;

  T& Get() {
    T* block = block_.load(std::memory_order_acquire);
    return block ? *block : Make();
  }
  // Null when nothing was counted yet.
  const T* Peek() const { return block_.load(std::memory_order_acquire); }

 private:
  T& Make() {
    auto made = std::make_unique<T>();
    T* first = nullptr;
    if (block_.compare_exchange_strong(first, made.get(), std::memory_order_acq_rel)) return *made.release();
    return *first;  // another thread was faster
  }

  std::atomic<T*> block_ = nullptr;
};

}  // namespace tfld::daemon
