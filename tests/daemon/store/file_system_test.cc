#include "daemon/store/file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/digest.h"
#include "daemon/store/file_tools.h"
#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

class SystemFileSystemTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  test::TempDir directory_;
  FileSystem& files_ = SystemFileSystem();
};

TEST_F(SystemFileSystemTest, WhatIsWrittenIsRead) {
  ASSERT_TRUE(WriteNewFile(files_, Path("a"), AsBytes("hello")).ok());
  ASSERT_TRUE(files_.SyncDirectory(Path("")).ok());
  const auto text = ReadFile(files_, Path("a"), 100);
  ASSERT_TRUE(text.ok()) << text.status().ToString();
  EXPECT_EQ(*text, "hello");
  struct stat info {};
  ASSERT_EQ(::stat(Path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SystemFileSystemTest, ErrorsNameThePathAndKeepTheirKind) {
  EXPECT_EQ(files_.Open(Path("none")).status().code(), StatusCode::kNotFound);
  EXPECT_NE(files_.Open(Path("none")).status().message().find("none"), std::string::npos);
  ASSERT_TRUE(WriteNewFile(files_, Path("a"), AsBytes("x")).ok());
  EXPECT_EQ(files_.Create(Path("a")).status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(files_.MakeDirectory(Path("a")).code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(files_.Open(Path("")).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(files_.List(Path("none")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(files_, Path("a"), 0).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(SystemFileSystemTest, SymbolicLinksAreNotFollowed) {
  ASSERT_TRUE(WriteNewFile(files_, Path("a"), AsBytes("x")).ok());
  ASSERT_EQ(::symlink(Path("a").c_str(), Path("link").c_str()), 0);
  EXPECT_FALSE(files_.Open(Path("link")).ok());
}

TEST_F(SystemFileSystemTest, ReadsAcrossTheEnd) {
  ASSERT_TRUE(WriteNewFile(files_, Path("a"), AsBytes("0123456789")).ok());
  const auto file = files_.Open(Path("a"));
  ASSERT_TRUE(file.ok());
  std::byte buffer[8];
  EXPECT_EQ(*(*file)->ReadAt(6, buffer), 4u);
  EXPECT_EQ(*(*file)->ReadAt(60, buffer), 0u);
  EXPECT_EQ(*(*file)->Size(), 10u);
  EXPECT_GE((*file)->descriptor(), 0);
}

TEST_F(SystemFileSystemTest, TreesAreMadeAndRemoved) {
  ASSERT_TRUE(EnsureDirectory(files_, Path("a/b/c")).ok());
  ASSERT_TRUE(EnsureDirectory(files_, Path("a/b/c")).ok());
  ASSERT_TRUE(WriteNewFile(files_, Path("a/b/file"), AsBytes("x")).ok());
  ASSERT_EQ(::symlink("/", Path("a/b/link").c_str()), 0);
  const auto entries = files_.List(Path("a/b"));
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].name, "c");
  EXPECT_TRUE((*entries)[0].is_directory);
  EXPECT_FALSE((*entries)[1].is_directory);
  ASSERT_TRUE(RemoveTree(files_, Path("a")).ok());
  ASSERT_TRUE(RemoveTree(files_, Path("a")).ok());
  EXPECT_FALSE(files_.List(Path("a")).ok());
}

TEST_F(SystemFileSystemTest, TheLockIsOnes) {
  auto lock = files_.Lock(Path("lock"));
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(files_.Lock(Path("lock")).status().code(), StatusCode::kFailedPrecondition);
  lock = NotFound("let go");
  EXPECT_TRUE(files_.Lock(Path("lock")).ok());
}

TEST(Sha256, KnownAnswers) {
  // FIPS 180-4's examples.
  EXPECT_EQ(Sha256Of(AsBytes("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Of(AsBytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.Update(AsBytes("a"));
  pieces.Update(AsBytes("bc"));
  EXPECT_EQ(pieces.Finish(), Sha256Of(AsBytes("abc")));
}

TEST(Sha256, TextIsCheckedForItsForm) {
  EXPECT_TRUE(IsSha256(Sha256Of(AsBytes(""))));
  EXPECT_FALSE(IsSha256(""));
  EXPECT_FALSE(IsSha256(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256(std::string(63, 'a')));
}

}  // namespace
}  // namespace tfld::daemon
