// Runs a model once on an input of zeros and prints the first elements of its outputs: the engine in a program of its
// own.
//
//   infer MODEL.tflite
#include <cstdio>
#include <cstring>

#include "tfld/engine.h"

namespace {

namespace engine = tfld::engine;

int Fail(const tfld::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: infer MODEL.tflite\n");
    return 2;
  }
  const auto model = engine::Model::FromFile(argv[1]);
  if (!model.ok()) return Fail(model.status());
  const auto executable = engine::Executable::Create(*model, {});
  if (!executable.ok()) return Fail(executable.status());
  const auto session = (*executable)->NewSession();
  if (!session.ok()) return Fail(session.status());
  if (const tfld::Status status = (*session)->Run(); !status.ok()) return Fail(status);
  for (std::size_t i = 0; i < (*executable)->outputs().size(); ++i) {
    const engine::TensorView output = (*session)->Output(static_cast<int>(i));
    std::printf("%s %s:", (*executable)->outputs()[i].name.c_str(), output.shape.ToString().c_str());
    for (std::size_t byte = 0; byte < output.bytes.size() && byte < 16; ++byte) {
      std::printf(" %02x", static_cast<unsigned>(output.bytes[byte]));
    }
    std::printf("\n");
  }
  return 0;
}
