#include "daemon/settings/load_settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/settings/processor_set.h"

namespace tfld::daemon {
namespace {

std::string ErrorOf(std::string_view toml) {
  const auto settings = ParseSettings(toml, "tfld.toml");
  return settings.ok() ? "no error" : std::string(settings.status().message());
}

TEST(ParseSettings, AnEmptyFileGivesTheDefaults) {
  const auto settings = ParseSettings("", "tfld.toml");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(*settings, Settings());
}

TEST(ParseSettings, ReadsEachKindOfOption) {
  const auto settings = ParseSettings(R"(
state_dir = "/data/tfld"
[inference]
executors = 4
max_message_bytes = 1_048_576
preemption = false
affinity = ["0", "1-2,5"]
[limits]
weight = 2
compute_share = 0.5
max_priority = "normal"
[log]
level = "debug"
format = "json"
[metrics]
tcp_listen = "[::1]:9464"
)",
                                      "tfld.toml");
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->state_dir, "/data/tfld");
  EXPECT_EQ(settings->inference.executors, 4);
  EXPECT_EQ(settings->inference.max_message_bytes, 1'048'576u);
  EXPECT_FALSE(settings->inference.preemption);
  EXPECT_EQ(settings->inference.affinity, (std::vector<std::string>{"0", "1-2,5"}));
  EXPECT_EQ(settings->limits.weight, 2.0);
  EXPECT_EQ(settings->limits.compute_share, 0.5);
  EXPECT_EQ(settings->limits.max_priority, Priority::kNormal);
  EXPECT_EQ(settings->log.level, LogLevel::kDebug);
  EXPECT_EQ(settings->log.format, LogFormat::kJson);
  EXPECT_EQ(settings->metrics.tcp_listen, "[::1]:9464");
  EXPECT_EQ(settings->inference.queue_capacity, Settings().inference.queue_capacity);
}

TEST(ParseSettings, AnUnknownKeyIsNamedWithItsPlaceAndTheKnownOnes) {
  EXPECT_EQ(ErrorOf("[models]\nwarmup = 3\n"),
            "tfld.toml:2:1: unknown option models.warmup, expected one of max_package_bytes, max_memory_bytes, "
            "warmup_runs, load_nice, keep_versions");
  EXPECT_EQ(ErrorOf("[infer]\nexecutors = 3\n"),
            "tfld.toml:1:2: unknown option infer, expected one of state_dir, runtime_dir, plugins, [inference], "
            "[connections], [channel], "
            "[limits], [models], [log], [metrics], [service], [[users]], [[model]]");
}

TEST(ParseSettings, AWrongTypeIsNamedWithWhatWasExpected) {
  EXPECT_EQ(ErrorOf("[inference]\nexecutors = \"four\"\n"),
            "tfld.toml:2:13: inference.executors is \"four\", expected a whole number from 0 to 256");
  EXPECT_EQ(ErrorOf("[log]\nlevel = 3\n"),
            "tfld.toml:2:9: log.level is the number 3, expected one of \"debug\", \"info\", \"warning\", \"error\"");
  EXPECT_EQ(ErrorOf("inference = 3\n"), "tfld.toml:1:13: inference is the number 3, expected the table [inference]");
  EXPECT_EQ(ErrorOf("state_dir = [1]\n"), "tfld.toml:1:13: state_dir is of the type array, expected an absolute path");
  EXPECT_EQ(ErrorOf("[models]\nwarmup_runs = true\n"),
            "tfld.toml:2:15: models.warmup_runs is true, expected a whole number from 0 to 1000");
}

TEST(ParseSettings, UsersHaveTheLimitsOfAllButForWhatTheyName) {
  const auto settings = ParseSettings(R"(
[[users]]
user = "root"
max_requests = 7
[[users]]
user = 4711
weight = 0.5
max_priority = "background"
[limits]
max_requests = 3
max_bytes = 100
)",
                                      "tfld.toml");
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  const LimitSettings all = {.max_requests = 3, .max_bytes = 100};
  EXPECT_EQ(settings->limits, all);
  LimitSettings root = all, other = all;
  root.max_requests = 7;
  other.weight = 0.5;
  other.max_priority = Priority::kBackground;
  EXPECT_EQ(settings->users, (std::vector<UserSettings>{{0, root}, {4711, other}}));
}

TEST(ParseSettings, WrongUsersAreNamedWithTheirPlace) {
  const std::string expected = ", expected the number or the name of a user of this system";
  EXPECT_EQ(ErrorOf("[[users]]\nuser = \"no such user\"\n"),
            "tfld.toml:2:8: users.user is \"no such user\"" + expected);
  EXPECT_EQ(ErrorOf("[[users]]\nuser = -1\n"), "tfld.toml:2:8: users.user is the number -1" + expected);
  EXPECT_EQ(ErrorOf("[[users]]\nweight = 1\n"), "tfld.toml:1:1: users.user is missing" + expected);
  EXPECT_EQ(ErrorOf("[[users]]\nuser = 0\n[[users]]\nuser = \"root\"\n"),
            "tfld.toml:4:8: users.user is \"root\", a user that is there already");
  EXPECT_EQ(ErrorOf("[users]\nuser = 0\n"), "tfld.toml:1:1: users is of the type table, expected tables [[users]]");
  EXPECT_EQ(ErrorOf("[[users]]\nuser = 0\nweight = 0\n"),
            "tfld.toml:3:10: limits.weight is the number 0, expected a number from 0.01 to 100");
}

TEST(ParseSettings, ModelsHaveSettingsOfTheirOwn) {
  const auto settings = ParseSettings("[[model]]\nname = \"kws\"\nmax_concurrent = 1\n[[model]]\nname = \"b\"\n", "t");
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->model, (std::vector<ModelSettings>{{"kws", 1}, {"b", 0}}));
  const auto batches = ParseSettings("[[model]]\nname = \"kws\"\nmax_batch = 8\nmax_delay_us = 500\n", "t");
  ASSERT_TRUE(batches.ok()) << batches.status().ToString();
  EXPECT_EQ(batches->model, (std::vector<ModelSettings>{{"kws", 0, 8, 500}}));
  EXPECT_EQ(ErrorOf("[[model]]\nname = \"a\"\nmax_batch = 65\n"),
            "tfld.toml:3:13: model.max_batch is the number 65, expected a whole number from 1 to 64");
  EXPECT_EQ(ErrorOf("[[model]]\nmax_concurrent = 1\n"),
            "tfld.toml:1:1: model.name is missing or no text, expected the name of a model");
  EXPECT_EQ(ErrorOf("[[model]]\nname = \"a\"\n[[model]]\nname = \"a\"\n"),
            "tfld.toml:3:1: model.name is that of another entry, expected the name of a model");
  for (const char* wrong : {"-1", "257", "1.0", "\"1\""}) {
    EXPECT_NE(ErrorOf(std::string("[[model]]\nname = \"a\"\nmax_concurrent = ") + wrong + "\n"), "no error") << wrong;
  }
  EXPECT_EQ(ErrorOf("[[model]]\nname = \"a\"\nx = 1\n"),
            "tfld.toml:3:1: unknown option model.x, expected one of name, max_concurrent, max_batch, max_delay_us");
}

TEST(ParseSettings, ANameThatNoModelCanHaveIsRefused) {
  EXPECT_EQ(
      ErrorOf("[[model]]\nname = \"Mobile Net\"\n"),
      "tfld.toml:2:8: model.name is \"Mobile Net\", which no model can have, expected 1 to 64 of A-Z a-z 0-9 . _ - "
      "and no '.' first");
}

TEST(ParseSettings, AnElementOfAListIsNamedByItsPlace) {
  EXPECT_EQ(ErrorOf("[inference]\naffinity = [\"0\", \"x\"]\n"),
            "tfld.toml:2:18: inference.affinity[1] is \"x\", expected a list of processors such as \"0-3,6\"");
  EXPECT_EQ(ErrorOf("plugins = [\"here.so\", 1, \"/there.so\"]\n"),
            "tfld.toml:1:12: plugins[0] is \"here.so\", expected an absolute path\n"
            "tfld.toml:1:23: plugins[1] is the number 1, expected an absolute path");
  EXPECT_EQ(ErrorOf("plugins = \"/there.so\"\n"),
            "tfld.toml:1:11: plugins is \"/there.so\", expected a list, each an absolute path");
}

TEST(ParseSettings, RealNumbersAndTruths) {
  EXPECT_EQ(ErrorOf("[limits]\ncompute_share = 1.5\n"),
            "tfld.toml:2:17: limits.compute_share is the number 1.5, expected a number from 0.01 to 1");
  EXPECT_NE(ErrorOf("[limits]\ncompute_share = nan\n"), "no error");
  EXPECT_EQ(ErrorOf("[inference]\npreemption = 1\n"),
            "tfld.toml:2:14: inference.preemption is the number 1, expected true or false");
}

TEST(ProcessorSet, Parses) {
  EXPECT_EQ(ParseProcessorSet("0"), (std::vector<int>{0}));
  EXPECT_EQ(ParseProcessorSet("5,0-2,1"), (std::vector<int>{0, 1, 2, 5}));
  for (const char* wrong : {"", ",", "1,", "-1", "2-1", "1-", "a", "1 ", "1024", "99999999999"}) {
    EXPECT_EQ(ParseProcessorSet(wrong), std::nullopt) << wrong;
  }
}

TEST(ParseSettings, OutOfRangeIsRefused) {
  EXPECT_EQ(ErrorOf("[inference]\nexecutors = -1\n"),
            "tfld.toml:2:13: inference.executors is the number -1, expected a whole number from 0 to 256");
  EXPECT_NE(ErrorOf("[inference]\nmax_message_bytes = 4_294_967_296\n"), "no error");
}

TEST(ParseSettings, MetricsListenOnLoopbackOnly) {
  for (const char* wrong : {"0.0.0.0:9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:x", "eth0:1",
                            "127.x:80", "127.0.0.256:80", "127.0.0.1:1:80", "127.0.0.1:-0", "[::1]1:80"}) {
    EXPECT_NE(ErrorOf(std::string("[metrics]\ntcp_listen = \"") + wrong + "\"\n"), "no error") << wrong;
  }
  EXPECT_EQ(ErrorOf("[metrics]\ntcp_listen = \"\"\n"), "no error");
  for (const char* right : {"localhost:9464", "127.0.0.1:9464", "127.1.2.3:0", "[::1]:65535"}) {
    EXPECT_EQ(ErrorOf(std::string("[metrics]\ntcp_listen = \"") + right + "\"\n"), "no error") << right;
  }
}

TEST(ParseSettings, AllComplaintsComeAtOnceInTheOrderOfTheFile) {
  const std::string error = ErrorOf("state_dir = \"here\"\n[log]\nlevel = \"loud\"\n[inference]\nexecutors = 1.5\n");
  const auto first = error.find(":1:"), second = error.find(":3:"), third = error.find(":5:");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos) << error;
}

TEST(ParseSettings, WhatIsNoTomlIsNamedWithItsPlace) {
  const std::string error = ErrorOf("[log]\nlevel = = 3\n");
  EXPECT_TRUE(error.starts_with("tfld.toml:2:")) << error;
}

class LoadSettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/tfld-settings-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    directory_ = pattern;
    user_ = {1000, "ada", [this](std::string_view name) {
               return name == "XDG_CONFIG_HOME" ? directory_ : std::string(name == "HOME" ? "/home/ada" : "");
             }};
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void WriteFile(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(directory_ + "/" + name).parent_path());
    std::ofstream(directory_ + "/" + name) << text;
  }

  std::string directory_;
  RunningUser user_;
};

TEST_F(LoadSettingsTest, WithoutAFileTheUsersDefaultsStand) {
  const auto settings = LoadSettings({}, user_);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->state_dir, "/home/ada/.local/state/tfld");
  EXPECT_EQ(settings->runtime_dir, "/tmp/tfld-1000");
}

TEST_F(LoadSettingsTest, ArgumentsWinOverTheFileAndTheFileOverDefaults) {
  WriteFile("tfld/tfld.toml", "state_dir = \"/file/state\"\nruntime_dir = \"/file/run\"\n");
  const auto settings = LoadSettings({.config_file = "", .state_dir = "", .runtime_dir = "/argument/run"}, user_);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(settings->state_dir, "/file/state");
  EXPECT_EQ(settings->runtime_dir, "/argument/run");
}

TEST_F(LoadSettingsTest, AFileThatTheArgumentsNameMustExist) {
  const auto settings =
      LoadSettings({.config_file = directory_ + "/none.toml", .state_dir = "", .runtime_dir = ""}, user_);
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.status().code(), StatusCode::kNotFound);
  EXPECT_NE(settings.status().message().find("none.toml"), std::string::npos);
}

TEST_F(LoadSettingsTest, ADirectoryIsNoFile) {
  EXPECT_FALSE(LoadSettings({.config_file = directory_, .state_dir = "", .runtime_dir = ""}, user_).ok());
}

}  // namespace
}  // namespace tfld::daemon
