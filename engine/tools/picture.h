// Pictures as inputs of models.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor_view.h"

namespace tfld::engine {

// Rows from the top, channels interleaved.
struct Picture {
  int width = 0;
  int height = 0;
  int channels = 0;  // 1 (gray) or 3 (red, green, blue)
  std::vector<std::uint8_t> pixels;
};

// .bmp .gif .jpg .png .pnm .tga; `channels` is 1 or 3. Errors: those of ReadFile; INVALID_ARGUMENT for no picture.
Result<Picture> ReadPicture(const std::string& path, int channels);

// How a pixel of 0 to 255 becomes a number of a floating point input.
enum class PixelRange {
  kSigned,  // pixel / 127.5 - 1
  kUnit,    // pixel / 255
  kBytes,   // pixel
};

// Resizes to the tensor's [1, height, width, 1 or 3] and converts: uint8 takes the pixel, int8 the pixel - 128, float32
// as `range` says. INVALID_ARGUMENT for another shape, UNIMPLEMENTED for another type.
Status LoadPicture(const std::string& path, PixelRange range, const TensorView& tensor);

// Whether the name ends like a picture's.
bool IsPictureName(const std::string& path);

}  // namespace tfld::engine
