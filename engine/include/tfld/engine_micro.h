// The engine for small devices: tfld::engine_micro instead of tfld::engine.
//
// The same programming interface (tfld/engine.h) without XNNPACK, exceptions and threads, and with all memory from one
// arena that the caller gives. The library replaces operator new and delete of the whole program: what your own code
// allocates comes from the arena too, and nothing comes from the heap.
//
//   alignas(64) static std::byte arena[256 * 1024];
//   tfld::engine::micro::UseArena(arena);
//   auto model = Model::FromStaticBytes(model_in_flash, "kws");     // weights stay where they are
//   auto executable = Executable::Create(*model, {.backend = Backend::kReference});
//   auto session = (*executable)->NewSession();
//
// With TFLD_OPERATORS a build has only the operators that your models need. Every backend is the portable one. When the
// arena is full the program stops with a message: choose its size by ArenaUsage::peak on the models that you ship.
// Thread rule: one thread.
#pragma once

#include <cstddef>
#include <span>

namespace tfld::engine::micro {

struct ArenaUsage {
  std::size_t size = 0;  // of the arena
  std::size_t used = 0;  // now, with what the bookkeeping takes
  std::size_t peak = 0;  // the most that was used at once
};

// Gives the library its memory, before anything else of the program allocates. Only the first call counts.
void UseArena(std::span<std::byte> arena);
ArenaUsage Usage();

}  // namespace tfld::engine::micro
