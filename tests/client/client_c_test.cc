#include <gtest/gtest.h>

#include "tests/client/c_api_user.h"
#include "tests/client/fake_daemon.h"
#include "tests/support/temp_dir.h"

namespace tfld::test {
namespace {

std::string OrEmpty(const char* failure) { return failure ? failure : ""; }

TEST(ClientCTest, WorksFromC) {
  const TempDir directory;
  const FakeDaemon daemon(directory.path());
  EXPECT_EQ(OrEmpty(UseCApi(directory.path().c_str())), "");
}

TEST(ClientCTest, SaysThatNoDaemonIsThere) {
  const TempDir directory;
  EXPECT_EQ(OrEmpty(UseCApiWithoutDaemon(directory.path().c_str())), "");
}

}  // namespace
}  // namespace tfld::test
