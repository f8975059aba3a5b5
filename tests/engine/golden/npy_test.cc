#include "engine/golden/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "engine/golden/npy_header.h"
#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;

std::vector<std::byte> Bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

// A file as NumPy writes it, with this dictionary.
std::vector<std::byte> FileWith(std::string_view dictionary, std::size_t data_bytes, char version = 1) {
  std::string text = "\x93NUMPY";
  text += {version, '\0', static_cast<char>(dictionary.size() + 1), '\0'};
  text += dictionary;
  text += '\n';
  return Bytes(text + std::string(data_bytes, '\1'));
}

TEST(NpyTest, EveryTypeComesBack) {
  for (int code = 0; code < kElementTypeCount; ++code) {
    const auto type = static_cast<ElementType>(code);
    if (NpyDescription(type).empty()) continue;
    const Shape shape{2, 3};
    std::vector<std::byte> data(ByteSize(type, 6));
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i);
    const auto bytes = EncodeNpy(type, shape, data);
    ASSERT_TRUE(bytes.ok());
    EXPECT_EQ((bytes->size() - data.size()) % 64, 0U);
    const auto array = ParseNpy(*bytes, "x");
    ASSERT_TRUE(array.ok()) << array.status().ToString();
    EXPECT_EQ(array->type, type);
    EXPECT_EQ(array->shape, shape);
    EXPECT_EQ(array->data, data);
  }
}

TEST(NpyTest, ScalarsVectorsAndEmptyArrays) {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{0}, Shape{2, 0, 3}}) {
    const std::vector<std::byte> data(ByteSize(ElementType::kInt16, shape.NumElements()));
    const auto array = ParseNpy(*EncodeNpy(ElementType::kInt16, shape, data), "x");
    ASSERT_TRUE(array.ok()) << array.status().ToString();
    EXPECT_EQ(array->shape, shape);
  }
}

TEST(NpyTest, HeaderIsAsNumpyWritesIt) {
  EXPECT_EQ(FormatNpyHeader(ElementType::kFloat32, {1, 49}),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 49), }");
  EXPECT_EQ(FormatNpyHeader(ElementType::kUInt8, {7}), "{'descr': '|u1', 'fortran_order': False, 'shape': (7,), }");
  EXPECT_EQ(FormatNpyHeader(ElementType::kBool, {}), "{'descr': '|b1', 'fortran_order': False, 'shape': (), }");
}

TEST(NpyTest, ReadsOtherSpellings) {
  EXPECT_TRUE(ParseNpy(FileWith("{\"shape\":(2,),\"descr\":'<i1','fortran_order':True}", 2), "x").ok());
}

TEST(NpyTest, WritesAndReadsFiles) {
  const test::TempDir directory;
  const std::string path = directory / "a.npy";
  const std::vector<std::byte> data(12);
  ASSERT_TRUE(WriteNpy(path, ElementType::kInt32, {3}, data).ok());
  EXPECT_TRUE(ReadNpy(path, 4096).ok());
  EXPECT_EQ(ReadNpy(path, 16).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadNpy(path + "x", 16).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadNpy(directory.path(), 16).status().code(), StatusCode::kInvalidArgument);
}

TEST(NpyTest, TypesThatNumpyHasNot) {
  EXPECT_EQ(EncodeNpy(ElementType::kInt4, {2}, std::vector<std::byte>(1)).status().code(), StatusCode::kUnimplemented);
}

struct BadCase {
  std::string_view dictionary;
  std::size_t data_bytes;
  std::string_view reason;
};

class BadNpyTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadNpyTest, IsRefused) {
  const auto array = ParseNpy(FileWith(GetParam().dictionary, GetParam().data_bytes), "file.npy");
  ASSERT_FALSE(array.ok());
  EXPECT_THAT(std::string(array.status().message()), HasSubstr(GetParam().reason));
  EXPECT_THAT(std::string(array.status().message()), HasSubstr("file.npy"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadNpyTest,
    ::testing::Values(
        BadCase{"", 0, "not a dictionary"}, BadCase{"[1]", 0, "not a dictionary"},
        BadCase{"{'descr': '<f4', 'shape': (1,), }", 4, "does not have"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x", 4, "does not have"},
        BadCase{"{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", 4, "'>f4'"},
        BadCase{"{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", 16, "'<U4'"},
        BadCase{"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4, "structured"},
        BadCase{"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 16, "Fortran"},
        BadCase{"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 2), }", 16, "boolean"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 4, "tuple"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }", 4, "tuple"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", 4, "tuple"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 4, "rank"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000), }", 4, "too many"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 4, "needs 8 bytes, has 4"},
        BadCase{"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 'x'}", 8, "unknown key"}));

TEST(NpyTest, OtherVersionsAreRefused) {
  const auto array = ParseNpy(FileWith("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", 0, 2), "x");
  EXPECT_EQ(array.status().code(), StatusCode::kUnimplemented);
}

// Cut at every byte, and with every byte of the header changed: an array or an error, never a crash.
TEST(NpyTest, SurvivesDamage) {
  const std::vector<std::byte> good = *EncodeNpy(ElementType::kFloat32, {2, 2}, std::vector<std::byte>(16));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(ParseNpy(std::span(good).first(length), "x").ok());
  }
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::byte> bad = good;
    bad[random() % bad.size()] ^= static_cast<std::byte>(1U << (random() % 8));
    const auto array = ParseNpy(bad, "x");
    if (!array.ok()) continue;
    EXPECT_EQ(array->data.size(), ByteSize(array->type, array->shape.NumElements()));
  }
}

}  // namespace
}  // namespace tfld::engine
