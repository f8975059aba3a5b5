#include "engine/tools/allocation_counter.h"

#include <atomic>
#include <cerrno>
#include <cstddef>

namespace tfld::engine {
namespace {
std::atomic<std::uint64_t> allocation_count{0};
}  // namespace

std::uint64_t AllocationCount() { return allocation_count.load(std::memory_order_relaxed); }

}  // namespace tfld::engine

namespace {
void CountOne() { tfld::engine::allocation_count.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

extern "C" {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

// The sanitizers have their own malloc and call this hook from it.
void __sanitizer_malloc_hook(const volatile void*, std::size_t) { CountOne(); }

#else

// glibc's own names for its functions, which stay when the public names are replaced.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  CountOne();
  return __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) {
  CountOne();
  return __libc_calloc(count, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
  CountOne();
  return __libc_realloc(memory, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  CountOne();
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  void* result = memalign(alignment, bytes);
  if (result == nullptr) return ENOMEM;
  *memory = result;
  return 0;
}

#endif

}  // extern "C"
