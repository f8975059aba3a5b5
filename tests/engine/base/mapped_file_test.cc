#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace tfld {
namespace {

class MappedFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = dir_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  test::TempDir dir_;
};

std::string Text(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST_F(MappedFileTest, HoldsTheBytesOfTheFile) {
  const auto file = MappedFile::Open(Write("model", "TFL3 bytes"));
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(Text(**file), "TFL3 bytes");
}

TEST_F(MappedFileTest, OutlivesTheName) {
  const std::string path = Write("model", "content");
  const auto file = MappedFile::Open(path);
  ASSERT_TRUE(file.ok());
  ASSERT_EQ(::unlink(path.c_str()), 0);
  EXPECT_EQ(Text(**file), "content");
}

TEST_F(MappedFileTest, LeavesTheDescriptorToTheCaller) {
  const int descriptor = ::open(Write("model", "content").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(descriptor, 0);
  const auto file = MappedFile::FromDescriptor(descriptor, "model");
  EXPECT_EQ(::close(descriptor), 0);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(Text(**file), "content");
}

TEST_F(MappedFileTest, NamesTheFileThatIsNotThere) {
  const auto file = MappedFile::Open(dir_ / "absent");
  EXPECT_EQ(file.status().code(), StatusCode::kNotFound);
  EXPECT_NE(file.status().message().find("absent"), std::string_view::npos);
}

TEST_F(MappedFileTest, RefusesAnEmptyFile) {
  EXPECT_EQ(MappedFile::Open(Write("empty", "")).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(MappedFileTest, RefusesADirectory) {
  EXPECT_EQ(MappedFile::Open(dir_.path()).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tfld
