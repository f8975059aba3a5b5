// Puts files into the inputs of a session: `--input NAME=FILE`.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/tools/picture.h"
#include "tfld/engine.h"

namespace tfld::engine {

struct InputFile {
  int index = 0;
  std::string path;
};

// "NAME=FILE", where NAME is an input's name, its tensor's name or its index; "FILE" alone stands for the first input.
// INVALID_ARGUMENT lists the names that there are.
Result<InputFile> ParseInputOption(const std::string& text, std::span<const TensorInfo> inputs);

struct InputOptions {
  int entry_point = 0;
  std::uint64_t seed = 1;  // of inputs without a file
  PixelRange range = PixelRange::kSigned;
};

// Fills every input: from its .npy file (which may resize it), its raw .bin file, its picture, or at random.
Status FillInputs(Session& session, std::span<const TensorInfo> inputs, std::span<const InputFile> files,
                  const InputOptions& options);

}  // namespace tfld::engine
