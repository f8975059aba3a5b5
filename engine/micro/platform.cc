// What the engine asks of its platform, where there are neither delegates nor threads.
#include "engine/delegate/delegate.h"
#include "engine/kernels/thread_pool.h"

namespace tfld::engine {

std::vector<std::unique_ptr<Delegate>> DelegatesFor(Backend) { return {}; }

ThreadPool::ThreadPool(int) : threads_(1), pool_(nullptr) {}
ThreadPool::~ThreadPool() = default;

}  // namespace tfld::engine
