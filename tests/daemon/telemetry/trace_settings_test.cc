#include "daemon/telemetry/trace_settings.h"

#include <gtest/gtest.h>

namespace tfld::daemon {
namespace {

std::string Value(const TraceSettings& settings, std::string_view model, std::string_view name) {
  for (const TraceSetting& setting : settings.Get(model)) {
    if (setting.name == name) return setting.values.at(0);
  }
  return "not there";
}

Status Set(TraceSettings& settings, std::string_view model, const std::vector<TraceSetting>& changes) {
  return settings.Set(model, changes);
}

int SampledOf(TraceSettings& settings, std::string_view model, int requests) {
  int sampled = 0;
  for (int i = 0; i < requests; ++i) sampled += settings.Sample(model) ? 1 : 0;
  return sampled;
}

TEST(TraceSettings, AreOffAtFirst) {
  TraceSettings settings;
  EXPECT_FALSE(settings.any());
  EXPECT_EQ(SampledOf(settings, "kws", 5000), 0);
  EXPECT_EQ(Value(settings, "", "trace_level"), "OFF");
  EXPECT_EQ(Value(settings, "", "trace_rate"), "1000");
  EXPECT_EQ(Value(settings, "", "trace_count"), "-1");
  EXPECT_EQ(Value(settings, "kws", "trace_file"), "");
}

TEST(TraceSettings, EveryNthIsSampled) {
  TraceSettings settings;
  ASSERT_TRUE(Set(settings, "", {{"trace_level", {"TIMESTAMPS"}}, {"trace_rate", {"10"}}}).ok());
  EXPECT_TRUE(settings.any());
  EXPECT_EQ(SampledOf(settings, "kws", 100), 10);
}

TEST(TraceSettings, TheCountEndsIt) {
  TraceSettings settings;
  ASSERT_TRUE(Set(settings, "", {{"trace_level", {"TIMESTAMPS"}}, {"trace_rate", {"1"}}, {"trace_count", {"7"}}}).ok());
  EXPECT_EQ(SampledOf(settings, "kws", 3), 3);
  EXPECT_EQ(Value(settings, "", "trace_count"), "4");
  EXPECT_EQ(SampledOf(settings, "kws", 100), 4);
  ASSERT_TRUE(Set(settings, "", {{"trace_count", {"2"}}}).ok());
  EXPECT_EQ(SampledOf(settings, "kws", 100), 2);
}

TEST(TraceSettings, AModelInheritsWhatItWasNotGiven) {
  TraceSettings settings;
  ASSERT_TRUE(Set(settings, "", {{"trace_rate", {"3"}}}).ok());
  ASSERT_TRUE(Set(settings, "kws", {{"trace_level", {"TIMESTAMPS"}}}).ok());
  EXPECT_EQ(Value(settings, "kws", "trace_rate"), "3");
  EXPECT_EQ(SampledOf(settings, "kws", 9), 3);
  EXPECT_EQ(SampledOf(settings, "other", 9), 0);
  ASSERT_TRUE(Set(settings, "kws", {{"trace_level", {}}}).ok());
  EXPECT_EQ(Value(settings, "kws", "trace_level"), "OFF");
  EXPECT_FALSE(settings.any());
}

TEST(TraceSettings, AModelThatIsRemovedIsForgotten) {
  TraceSettings settings;
  ASSERT_TRUE(Set(settings, "kws", {{"trace_level", {"TIMESTAMPS"}}}).ok());
  settings.Forget("kws");
  EXPECT_FALSE(settings.any());
  EXPECT_EQ(Value(settings, "kws", "trace_level"), "OFF");
}

TEST(TraceSettings, WhatIsWrongChangesNothing) {
  TraceSettings settings;
  const std::vector<TraceSetting> wrong = {{"trace_level", {"TENSORS"}}, {"trace_level", {"TIMESTAMPS", "TENSORS"}},
                                           {"trace_rate", {"0"}},        {"trace_rate", {"x"}},
                                           {"trace_count", {"-2"}},      {"trace_file", {"/etc/passwd"}},
                                           {"trace_mode", {"triton"}},   {"log_frequency", {"1"}},
                                           {"nonsense", {"1"}}};
  for (const TraceSetting& setting : wrong) {
    const Status status = Set(settings, "", {{"trace_level", {"TIMESTAMPS"}}, setting});
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << setting.name;
    EXPECT_NE(status.message().find(setting.name), std::string_view::npos);
  }
  EXPECT_FALSE(settings.any());
  EXPECT_TRUE(Set(settings, "", {{"trace_file", {""}}, {"log_frequency", {"0"}}}).ok());
}

TEST(TraceSettings, ModelsAreBounded) {
  TraceSettings settings;
  const std::vector<TraceSetting> on = {{"trace_level", {"TIMESTAMPS"}}};
  for (int i = 0; i < 256; ++i) ASSERT_TRUE(settings.Set("m" + std::to_string(i), on).ok());
  EXPECT_EQ(settings.Set("one more", on).code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(settings.Set("m0", on).ok());
  ASSERT_TRUE(Set(settings, "m0", {{"trace_level", {}}}).ok());
  EXPECT_TRUE(settings.Set("one more", on).ok()) << "what has nothing of its own takes no place";
}

}  // namespace
}  // namespace tfld::daemon
