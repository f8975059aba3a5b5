// The engine for small devices: runs goldens with all memory from one arena, and nothing from the heap.
//
// A plain program, because a test framework's own memory would come from the arena too. Calls of malloc are counted by
// standing before it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "tfld/engine.h"
#include "tfld/engine_micro.h"

namespace {

std::size_t heap_calls = 0;

}  // namespace

// The C library's own names of its functions.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void __libc_free(void* memory);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

void* malloc(std::size_t bytes) {
  ++heap_calls;
  return __libc_malloc(bytes);
}
void free(void* memory) { __libc_free(memory); }
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++heap_calls;
  return __libc_memalign(alignment, bytes);
}
}

namespace tfld::engine {
namespace {

alignas(64) std::byte arena[6 << 20];
alignas(64) std::byte model_bytes[1 << 20];
alignas(64) std::byte input_bytes[1 << 20];
alignas(64) std::byte output_bytes[1 << 20];

// The contents of a file, of a .npy file without its header.
std::span<std::byte> Read(const std::string& path, std::span<std::byte> memory) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    std::exit(1);
  }
  std::size_t size = std::fread(memory.data(), 1, memory.size(), file);
  std::fclose(file);
  std::size_t begin = 0;
  if (path.ends_with(".npy")) {
    std::uint16_t header;
    std::memcpy(&header, memory.data() + 8, sizeof(header));
    begin = 10U + header;
  }
  return memory.subspan(begin, size - begin);
}

void Check(const Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::exit(1);
}

// Loads, runs and compares one model. False when it is wrong, or took memory where it must not.
bool RunGolden(const std::string& model_path, const std::string& input_path, const std::string& output_path) {
  const auto bytes = Read(model_path, model_bytes);
  const auto input = Read(input_path, input_bytes);
  const auto expected = Read(output_path, output_bytes);

  const std::size_t heap_before = heap_calls;
  bool is_right = false;
  bool ran_in_place = false;
  micro::ArenaUsage loaded;
  {
    const auto model = Model::FromStaticBytes(bytes, "model");
    Check(model.status(), "load");
    const auto executable = Executable::Create(*model, {.backend = Backend::kReference});
    Check(executable.status(), "plan");
    auto session = (*executable)->NewSession();
    Check(session.status(), "session");
    loaded = micro::Usage();
    Check((*session)->SetInput(0, input), "input");
    Check((*session)->Run(), "run");
    ran_in_place = micro::Usage().used == loaded.used && micro::Usage().peak == loaded.peak;
    const auto output = (*session)->Output(0).bytes;
    is_right = output.size() == expected.size() && std::memcmp(output.data(), expected.data(), expected.size()) == 0;
  }
  const std::size_t from_heap = heap_calls - heap_before;
  std::printf("%s: %s, %zu KiB of the arena in use, at most %zu KiB, %zu allocations from the heap%s\n",
              model_path.c_str(), is_right ? "right" : "WRONG", loaded.used / 1024, loaded.peak / 1024, from_heap,
              ran_in_place ? "" : ", RUN ALLOCATED");
  return is_right && ran_in_place && from_heap == 0;
}

}  // namespace
}  // namespace tfld::engine

// MODEL INPUT.npy OUTPUT.npy [...]
int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  tfld::engine::micro::UseArena(tfld::engine::arena);
  bool ok = argc > 3;
  for (int i = 1; i + 2 < argc; i += 3) ok = tfld::engine::RunGolden(argv[i], argv[i + 1], argv[i + 2]) && ok;
  return ok ? 0 : 1;
}
