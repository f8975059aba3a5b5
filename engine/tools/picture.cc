#include "engine/tools/picture.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <memory>

#include "engine/base/str_cat.h"
#include "engine/golden/read_file.h"
#include "engine/tools/resize_picture.h"

#define STBI_NO_STDIO
#include <stb_image.h>

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxPictureBytes = std::size_t{256} << 20;

// ITU-R 601 luma in 16-bit fixed point, as Pillow converts to gray.
std::uint8_t Gray(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

Picture ToGray(const Picture& color) {
  Picture gray{color.width, color.height, 1, std::vector<std::uint8_t>(color.pixels.size() / 3)};
  for (std::size_t i = 0; i < gray.pixels.size(); ++i) gray.pixels[i] = Gray(color.pixels.data() + 3 * i);
  return gray;
}

float ToFloat(std::uint8_t pixel, PixelRange range) {
  const auto value = static_cast<float>(pixel);
  switch (range) {
    case PixelRange::kSigned: return value / 127.5F - 1.0F;
    case PixelRange::kUnit: return value / 255.0F;
    case PixelRange::kBytes: return value;
  }
  return value;
}

Status Convert(const std::vector<std::uint8_t>& pixels, PixelRange range, const TensorView& tensor) {
  switch (tensor.type) {
    case ElementType::kUInt8: std::ranges::copy(pixels, tensor.As<std::uint8_t>().begin()); return {};
    case ElementType::kInt8:
      std::ranges::transform(pixels, tensor.As<std::int8_t>().begin(),
                             [](std::uint8_t pixel) { return static_cast<std::int8_t>(pixel - 128); });
      return {};
    case ElementType::kFloat32:
      std::ranges::transform(pixels, tensor.As<float>().begin(),
                             [range](std::uint8_t pixel) { return ToFloat(pixel, range); });
      return {};
    default: return Unimplemented(StrCat("a picture for an input of type ", ElementTypeName(tensor.type)));
  }
}

}  // namespace

Result<Picture> ReadPicture(const std::string& path, int channels) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, kMaxPictureBytes));
  Picture picture;
  int channels_in_file = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()),
                            &picture.width, &picture.height, &channels_in_file, 3),
      stbi_image_free);
  if (pixels == nullptr)
    return InvalidArgument(StrCat(path, " is no picture that can be read: ", stbi_failure_reason()));
  picture.channels = 3;
  const std::size_t count = 3 * static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  picture.pixels.assign(pixels.get(), pixels.get() + count);
  return channels == 1 ? ToGray(picture) : picture;
}

Status LoadPicture(const std::string& path, PixelRange range, const TensorView& tensor) {
  const Shape& shape = tensor.shape;
  if (shape.rank() != 4 || shape.dim(0) != 1 || (shape.dim(3) != 1 && shape.dim(3) != 3)) {
    return InvalidArgument(
        StrCat("a picture needs an input of shape [1, height, width, 1 or 3], this one is ", shape.ToString()));
  }
  TFLD_ASSIGN_OR_RETURN(const Picture picture, ReadPicture(path, shape.dim(3)));
  return Convert(Resize(picture, shape.dim(2), shape.dim(1)).pixels, range, tensor);
}

bool IsPictureName(const std::string& path) {
  static constexpr std::array<std::string_view, 10> kExtensions = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm",
                                                                   ".png", ".pnm", ".ppm",  ".tga", ".jpe"};
  std::string extension = std::filesystem::path(path).extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

}  // namespace tfld::engine
