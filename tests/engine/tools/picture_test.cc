#include "engine/tools/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "engine/golden/npy.h"
#include "engine/tools/resize_picture.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_paths.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;

// A portable pixmap of 2 x 1 pixels: red, and white.
std::string WritePixmap(const test::TempDir& directory) {
  const std::string path = directory / "two.ppm";
  std::ofstream(path, std::ios::binary) << "P6\n2 1\n255\n"
                                        << "\xff" << std::string(2, '\0') << "\xff\xff\xff";
  return path;
}

template <typename T>
std::vector<T> LoadAs(const std::string& path, PixelRange range, const Shape& shape) {
  std::vector<T> values(static_cast<std::size_t>(shape.NumElements()));
  const Status status = LoadPicture(path, range, {kElementTypeOf<T>, shape, std::as_writable_bytes(std::span(values))});
  EXPECT_TRUE(status.ok()) << status.ToString();
  return values;
}

TEST(PictureTest, ConvertsToTheInputsType) {
  const test::TempDir directory;
  const std::string path = WritePixmap(directory);
  const Shape shape{1, 1, 2, 3};
  EXPECT_EQ(LoadAs<std::uint8_t>(path, PixelRange::kSigned, shape),
            (std::vector<std::uint8_t>{255, 0, 0, 255, 255, 255}));
  EXPECT_EQ(LoadAs<std::int8_t>(path, PixelRange::kSigned, shape),
            (std::vector<std::int8_t>{127, -128, -128, 127, 127, 127}));
  EXPECT_EQ(LoadAs<float>(path, PixelRange::kSigned, shape), (std::vector<float>{1, -1, -1, 1, 1, 1}));
  EXPECT_EQ(LoadAs<float>(path, PixelRange::kUnit, shape), (std::vector<float>{1, 0, 0, 1, 1, 1}));
  EXPECT_EQ(LoadAs<float>(path, PixelRange::kBytes, shape), (std::vector<float>{255, 0, 0, 255, 255, 255}));
  EXPECT_EQ(LoadAs<std::uint8_t>(path, PixelRange::kSigned, {1, 1, 2, 1}), (std::vector<std::uint8_t>{76, 255}));
}

TEST(PictureTest, WhatIsNoPictureOrDoesNotFit) {
  const test::TempDir directory;
  const std::string path = directory / "x.png";
  std::ofstream(path) << "not a picture";
  EXPECT_EQ(ReadPicture(path, 3).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadPicture(directory / "none.png", 3).status().code(), StatusCode::kNotFound);
  std::vector<std::byte> bytes(8);
  const Status status = LoadPicture(WritePixmap(directory), PixelRange::kSigned, {ElementType::kUInt8, {1, 8}, bytes});
  EXPECT_THAT(std::string(status.message()), HasSubstr("[1, height, width, 1 or 3]"));
}

TEST(PictureTest, Names) {
  EXPECT_TRUE(IsPictureName("a/cat.BMP"));
  EXPECT_TRUE(IsPictureName("cat.jpeg"));
  EXPECT_FALSE(IsPictureName("cat.npy"));
  EXPECT_FALSE(IsPictureName("bmp"));
}

TEST(ResizePictureTest, KeepsWhatIsFlat) {
  const Picture flat{7, 5, 1, std::vector<std::uint8_t>(35, 200)};
  for (const auto& [width, height] : {std::pair{3, 2}, std::pair{20, 11}, std::pair{1, 1}}) {
    const Picture resized = Resize(flat, width, height);
    EXPECT_EQ(resized.pixels, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), 200));
  }
}

TEST(ResizePictureTest, HalvingIsATriangleMean) {
  // Four pixels to two: weights 3, 3, 1 of 7, since the triangle ends at the border.
  const Picture row{4, 1, 1, {0, 100, 200, 250}};
  const Picture half = Resize(row, 2, 1);
  EXPECT_EQ(half.pixels,
            (std::vector<std::uint8_t>{(0 * 3 + 100 * 3 + 200 + 3) / 7, (100 + 200 * 3 + 250 * 3 + 3) / 7}));
}

// The inputs of these goldens were made from the pictures with Pillow.
TEST(ResizePictureTest, GivesTheGoldensInputs) {
  TFLD_SKIP_WITHOUT_SHARED();
  const auto shared = *test::SharedDir();
  for (const auto& [golden, picture] : {std::pair{"mobilenet_v1_0.25_128_uint8/cat", "cat.bmp"},
                                        std::pair{"mobilenet_v1_0.75_192_uint8/bird", "bird.bmp"},
                                        std::pair{"person_detect_int8/grace_hopper", "grace_hopper.bmp"}}) {
    const auto expected = ReadNpy(shared / "golden" / golden / "input0.npy", 1 << 20);
    ASSERT_TRUE(expected.ok()) << expected.status().ToString();
    std::vector<std::byte> bytes(expected->data.size());
    const Status status =
        LoadPicture(shared / "images" / picture, PixelRange::kSigned, {expected->type, expected->shape, bytes});
    ASSERT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(bytes, expected->data) << golden;
  }
}

}  // namespace
}  // namespace tfld::engine
