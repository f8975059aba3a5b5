#include "engine/kernels/thread_pool.h"

#include <pthreadpool.h>

namespace tfld::engine {

ThreadPool::ThreadPool(int threads)
    : threads_(threads), pool_(threads > 1 ? pthreadpool_create(static_cast<std::size_t>(threads)) : nullptr) {}

ThreadPool::~ThreadPool() {
  if (pool_ != nullptr) pthreadpool_destroy(pool_);
}

}  // namespace tfld::engine
