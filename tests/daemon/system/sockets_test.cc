#include "daemon/system/sockets.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

TEST(Sockets, HaveTheirPermissionsAndGoWithTheirOwner) {
  const test::TempDir dir;
  const std::string path = dir.path().string() + "/a.sock";
  {
    const auto socket = ListenUnix(dir.path(), "a.sock", 0600, "");
    ASSERT_TRUE(socket.ok()) << socket.status().ToString();
    struct stat info {};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_TRUE(S_ISSOCK(info.st_mode));
    EXPECT_EQ(info.st_mode & 0777, 0600U);
  }
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(Sockets, AStaleOneIsReplacedALiveOneIsNot) {
  const test::TempDir dir;
  auto first = ListenUnix(dir.path(), "a.sock", 0600, "");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(ListenUnix(dir.path(), "a.sock", 0600, "").status().code(), StatusCode::kAlreadyExists);
  ::close(first->ReleaseDescriptor());  // nobody answers any more, and the file is still there
  EXPECT_TRUE(ListenUnix(dir.path(), "a.sock", 0600, "").ok());
}

TEST(Sockets, OneOfPacketsIsKeptFromALiveDaemonToo) {
  const test::TempDir dir;
  const auto first = ListenUnix(dir.path(), "a.sock", 0600, "", SOCK_SEQPACKET);
  ASSERT_TRUE(first.ok()) << first.status().ToString();
  EXPECT_EQ(ListenUnix(dir.path(), "a.sock", 0600, "", SOCK_SEQPACKET).status().code(), StatusCode::kAlreadyExists);
}

TEST(Sockets, ALongPathIsRefusedWithAdvice) {
  const test::TempDir dir;
  const Status status = ListenUnix(dir.path().string() + "/" + std::string(120, 'x'), "a.sock", 0600, "").status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("shorter runtime directory"), std::string_view::npos);
}

TEST(Sockets, TcpStaysOnLoopback) {
  EXPECT_TRUE(ListenLoopback("127.0.0.1:0").ok());
  EXPECT_TRUE(ListenLoopback("localhost:0").ok());
  for (const char* address : {"0.0.0.0:0", "192.168.1.1:80", "127.0.0.1", "127.0.0.1:x", ":80", ""}) {
    EXPECT_EQ(ListenLoopback(address).status().code(), StatusCode::kInvalidArgument) << address;
  }
}

}  // namespace
}  // namespace tfld::daemon
