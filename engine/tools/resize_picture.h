// Resizes a picture as Pillow's BILINEAR does, so that a model sees the same bytes as from Python.
#pragma once

#include "engine/tools/picture.h"

namespace tfld::engine {

// Each output pixel is the mean of the input under a triangle as wide as two output pixels (at least two input pixels),
// along the rows first, then along the columns, each rounded to 8 bits with 22-bit fixed-point weights. Source:
// Pillow's documentation of its filters and the arithmetic of its 8-bit resampling.
Picture Resize(const Picture& picture, int width, int height);

}  // namespace tfld::engine
