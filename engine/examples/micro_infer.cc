// The same as infer.cc on a small device: all memory from one array, the weights where the model's bytes lie.
//
//   micro_infer MODEL.tflite
//
// A device would have the model in its flash; here it is read into an array first.
#include <cstdio>

#include "tfld/engine.h"
#include "tfld/engine_micro.h"

namespace {

namespace engine = tfld::engine;

alignas(64) std::byte arena[1 << 20];
alignas(64) std::byte model_bytes[1 << 20];

int Fail(const tfld::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  engine::micro::UseArena(arena);
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "rb") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "usage: micro_infer MODEL.tflite\n");
    return 2;
  }
  const std::size_t size = std::fread(model_bytes, 1, sizeof(model_bytes), file);
  std::fclose(file);

  const auto model = engine::Model::FromStaticBytes(std::span(model_bytes).first(size), argv[1]);
  if (!model.ok()) return Fail(model.status());
  const auto executable = engine::Executable::Create(*model, {.backend = engine::Backend::kReference});
  if (!executable.ok()) return Fail(executable.status());
  const auto session = (*executable)->NewSession();
  if (!session.ok()) return Fail(session.status());
  if (const tfld::Status status = (*session)->Run(); !status.ok()) return Fail(status);
  const engine::TensorView output = (*session)->Output(0);
  std::printf("%s:", output.shape.ToString().c_str());
  for (std::size_t byte = 0; byte < output.bytes.size() && byte < 16; ++byte) {
    std::printf(" %02x", static_cast<unsigned>(output.bytes[byte]));
  }
  std::printf("\nof the arena: %zu KiB\n", engine::micro::Usage().peak / 1024);
  return 0;
}
