#include "daemon/system/sockets.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace tfld::daemon {
namespace {

constexpr int kFirstPassed = 3;  // the number that systemd begins with

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

// Listens at `path` without any of what the daemon does.
int ListenAt(const std::string& path, int type, int backlog) {
  const sockaddr_un address = AddressOf(path);
  const int descriptor = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(descriptor, backlog), 0);
  return descriptor;
}

// The error of a connection that does not wait; 0 for none.
int Connect(const std::string& path, std::vector<int>& descriptors) {
  const sockaddr_un address = AddressOf(path);
  descriptors.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(descriptors.back(), generic, sizeof(address)) == 0 ? 0 : errno;
}

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

TEST(Sockets, ADaemonThatIsTooBusyToAcceptIsAlive) {
  const test::TempDir dir;
  const std::string path = dir / "a.sock";
  const int listening = ListenAt(path, SOCK_STREAM, 1);
  std::vector<int> waiting;
  int error = 0;
  while (error == 0 && waiting.size() < 100) error = Connect(path, waiting);
  EXPECT_EQ(error, EAGAIN);
  EXPECT_EQ(ListenUnix(dir.path(), "a.sock", 0600, "").status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(::access(path.c_str(), F_OK), 0);
  for (const int descriptor : waiting) ::close(descriptor);
  ::close(listening);
}

TEST(Sockets, WhatCannotBeAskedIsNotTakenForStale) {
  const test::TempDir dir;
  const std::string path = dir / "a.sock";
  const int listening = ListenAt(path, SOCK_SEQPACKET, 1);
  EXPECT_FALSE(ListenUnix(dir.path(), "a.sock", 0600, "").ok());
  EXPECT_EQ(::access(path.c_str(), F_OK), 0);
  ::close(listening);
}

TEST(Sockets, AnInheritedOneIsTakenByItsNameAndDoesNotBlock) {
  const test::TempDir dir;
  const int before = ::dup(kFirstPassed);  // what this process has there, if anything
  const int passed = ListenAt(dir / "elsewhere.sock", SOCK_STREAM, 1);
  if (passed != kFirstPassed) {
    ::dup2(passed, kFirstPassed);
    ::close(passed);
  }
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_FDNAMES", "a.sock", 1);
  EXPECT_FALSE(InheritedSocket("b.sock").has_value());
  {
    const auto socket = ListenUnix(dir.path(), "a.sock", 0600, "");
    ASSERT_TRUE(socket.ok()) << socket.status().ToString();
    EXPECT_EQ(socket->descriptor(), kFirstPassed);
    EXPECT_NE(::fcntl(socket->descriptor(), F_GETFL) & O_NONBLOCK, 0);
  }
  for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
  if (before >= 0) ::dup2(before, kFirstPassed);
  if (before >= 0) ::close(before);
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
