#include "daemon/settings/default_paths.h"

#include <gtest/gtest.h>

#include <map>

namespace tfld::daemon {
namespace {

RunningUser Somebody(std::map<std::string, std::string, std::less<>> variables) {
  return {1000, "ada", [variables](std::string_view name) {
            const auto found = variables.find(name);
            return found == variables.end() ? std::string() : found->second;
          }};
}

TEST(DefaultPaths, RootAndTheServiceUserHaveTheSystemDirectories) {
  for (RunningUser user : {RunningUser{0, "root", nullptr}, RunningUser{990, "tfld", nullptr}}) {
    const auto paths = DefaultPathsOf(user);
    ASSERT_TRUE(paths.ok());
    EXPECT_EQ(paths->config_file, "/etc/tfld/tfld.toml");
    EXPECT_EQ(paths->state_dir, "/var/lib/tfld");
    EXPECT_EQ(paths->runtime_dir, "/run/tfld");
  }
}

TEST(DefaultPaths, AnybodyElseHasTheXdgDirectories) {
  const auto paths = DefaultPathsOf(Somebody(
      {{"XDG_CONFIG_HOME", "/c"}, {"XDG_STATE_HOME", "/s"}, {"XDG_RUNTIME_DIR", "/run/user/1000"}, {"HOME", "/h"}}));
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->config_file, "/c/tfld/tfld.toml");
  EXPECT_EQ(paths->state_dir, "/s/tfld");
  EXPECT_EQ(paths->runtime_dir, "/run/user/1000/tfld");
}

TEST(DefaultPaths, RelativeVariablesCountAsUnset) {
  const auto paths =
      DefaultPathsOf(Somebody({{"XDG_CONFIG_HOME", "c"}, {"XDG_RUNTIME_DIR", "r"}, {"HOME", "/home/ada"}}));
  ASSERT_TRUE(paths.ok());
  EXPECT_EQ(paths->config_file, "/home/ada/.config/tfld/tfld.toml");
  EXPECT_EQ(paths->state_dir, "/home/ada/.local/state/tfld");
  EXPECT_EQ(paths->runtime_dir, "/tmp/tfld-1000");
}

TEST(DefaultPaths, WithoutAHomeTheErrorSaysWhatToSet) {
  const auto paths = DefaultPathsOf(Somebody({}));
  ASSERT_FALSE(paths.ok());
  EXPECT_EQ(paths.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(paths.status().message().find("XDG_CONFIG_HOME"), std::string::npos);
}

TEST(DefaultPaths, TheCurrentUserIsThisProcess) {
  const RunningUser user = RunningUser::Current();
  EXPECT_EQ(user.environment("TFLD_SURELY_NOT_SET"), "");
}

}  // namespace
}  // namespace tfld::daemon
