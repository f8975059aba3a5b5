// All memory of the program out of the one arena: operator new and delete, and the engine's aligned buffers.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "engine/base/aligned_buffer.h"
#include "engine/micro/arena.h"
#include "tfld/engine_micro.h"

namespace tfld::engine::micro {
namespace {

constinit Arena the_arena;

void* AllocateOrStop(std::size_t bytes) {
  void* memory = the_arena.Allocate(bytes);
  if (memory != nullptr) return memory;
  std::fprintf(stderr, "tfld: the arena of %zu bytes is full: %zu are used, %zu more were wanted\n", the_arena.size(),
               the_arena.used(), bytes);
  std::abort();
}

}  // namespace

void UseArena(std::span<std::byte> arena) {
  if (the_arena.size() == 0) the_arena.Use(arena);
}

ArenaUsage Usage() { return {the_arena.size(), the_arena.used(), the_arena.peak()}; }

}  // namespace tfld::engine::micro

namespace tfld {

using engine::micro::the_arena;

void FreeAligned::operator()(std::byte* memory) const { the_arena.Free(memory); }

AlignedBuffer AllocateAligned(std::size_t bytes) {
  static_assert(engine::micro::Arena::kAlignment >= kBufferAlignment);
  auto* memory = static_cast<std::byte*>(the_arena.Allocate(bytes + kBufferSlack));
  if (memory != nullptr) std::memset(memory + bytes, 0, kBufferSlack);
  return AlignedBuffer(memory);
}

AlignedBuffer AllocateZeroed(std::size_t bytes) {
  AlignedBuffer buffer = AllocateAligned(bytes);
  if (buffer != nullptr) std::memset(buffer.get(), 0, bytes);
  return buffer;
}

}  // namespace tfld

// The other forms of the standard library (arrays, nothrow, sized) end in these.
void* operator new(std::size_t bytes) { return tfld::engine::micro::AllocateOrStop(bytes); }
void* operator new(std::size_t bytes, std::align_val_t) { return tfld::engine::micro::AllocateOrStop(bytes); }
void operator delete(void* memory) noexcept { tfld::engine::micro::the_arena.Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { tfld::engine::micro::the_arena.Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { tfld::engine::micro::the_arena.Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  tfld::engine::micro::the_arena.Free(memory);
}
