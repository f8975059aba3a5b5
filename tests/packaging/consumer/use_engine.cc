// Links the whole engine and sees an error of it.
#include <tfld/engine.h>

#include <cstdio>

int main() {
  const auto model = tfld::engine::Model::FromFile("absent.tflite");
  if (model.ok()) {
    const auto executable = tfld::engine::Executable::Create(*model, {});
    return executable.ok() ? 1 : 2;
  }
  std::printf("tfld::engine %s: %s\n", tfld::engine::Version().data(), model.status().ToString().c_str());
  return model.status().code() == tfld::StatusCode::kNotFound ? 0 : 1;
}
