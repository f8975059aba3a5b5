#include "engine/tools/resize_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace tfld::engine {
namespace {

constexpr int kWeightBits = 22;

// What one output pixel takes: weights for the input pixels from `first`.
struct Window {
  int first = 0;
  std::vector<std::int32_t> weights;
};

Window MakeWindow(int output, int in_size, double scale) {
  const double reach = std::max(scale, 1.0);
  const double center = (output + 0.5) * scale;
  Window window;
  window.first = std::max(0, static_cast<int>(center - reach + 0.5));
  const int last = std::min(in_size, static_cast<int>(center + reach + 0.5));
  std::vector<double> triangle;
  double sum = 0.0;
  for (int i = window.first; i < last; ++i) {
    triangle.push_back(std::max(0.0, 1.0 - std::abs((i - center + 0.5) / reach)));
    sum += triangle.back();
  }
  for (const double weight : triangle) {
    window.weights.push_back(static_cast<std::int32_t>(weight / sum * (1 << kWeightBits) + 0.5));
  }
  return window;
}

std::vector<Window> MakeWindows(int in_size, int out_size) {
  std::vector<Window> windows;
  const double scale = static_cast<double>(in_size) / out_size;
  for (int i = 0; i < out_size; ++i) windows.push_back(MakeWindow(i, in_size, scale));
  return windows;
}

// `stride`: bytes from one input pixel of the window to the next.
std::uint8_t Apply(const Window& window, const std::uint8_t* pixels, std::size_t stride) {
  std::int64_t sum = 1 << (kWeightBits - 1);
  const std::uint8_t* pixel = pixels + static_cast<std::size_t>(window.first) * stride;
  for (const std::int32_t weight : window.weights) {
    sum += static_cast<std::int64_t>(weight) * *pixel;
    pixel += stride;
  }
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
}

Picture Empty(int width, int height, int channels) {
  const std::size_t bytes =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
  return {width, height, channels, std::vector<std::uint8_t>(bytes)};
}

Picture ResizeRows(const Picture& in, int width) {
  Picture out = Empty(width, in.height, in.channels);
  const std::vector<Window> windows = MakeWindows(in.width, width);
  const auto channels = static_cast<std::size_t>(in.channels);
  auto target = out.pixels.begin();
  for (int y = 0; y < in.height; ++y) {
    const std::uint8_t* row =
        in.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(in.width) * channels;
    for (const Window& window : windows) {
      for (std::size_t c = 0; c < channels; ++c) *target++ = Apply(window, row + c, channels);
    }
  }
  return out;
}

Picture ResizeColumns(const Picture& in, int height) {
  Picture out = Empty(in.width, height, in.channels);
  const std::size_t row_bytes = static_cast<std::size_t>(in.width) * static_cast<std::size_t>(in.channels);
  auto target = out.pixels.begin();
  for (const Window& window : MakeWindows(in.height, height)) {
    for (std::size_t x = 0; x < row_bytes; ++x) *target++ = Apply(window, in.pixels.data() + x, row_bytes);
  }
  return out;
}

}  // namespace

Picture Resize(const Picture& picture, int width, int height) {
  Picture result = picture.width == width ? picture : ResizeRows(picture, width);
  return result.height == height ? result : ResizeColumns(result, height);
}

}  // namespace tfld::engine
