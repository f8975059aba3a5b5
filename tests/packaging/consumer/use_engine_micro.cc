// Links the engine for small devices: what it allocates comes from the arena.
#include <tfld/engine.h>
#include <tfld/engine_micro.h>

#include <cstddef>
#include <cstdio>

namespace {

alignas(64) std::byte arena[64 * 1024];
alignas(16) std::byte no_model[64];

}  // namespace

int main() {
  tfld::engine::micro::UseArena(arena);
  const auto model = tfld::engine::Model::FromStaticBytes(no_model, "zeros");
  const auto usage = tfld::engine::micro::Usage();
  std::printf("tfld::engine_micro: %s, %zu of %zu bytes\n", model.status().ToString().c_str(), usage.used, usage.size);
  return !model.ok() && usage.size > 0 && usage.used > 0 ? 0 : 1;
}
