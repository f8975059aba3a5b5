// Changes of the log's level, by whichever of the calls that make them.
#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include "daemon/rpc/setting_calls.h"
#include "daemon/telemetry/log.h"
#include "daemon/telemetry/log_format.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using ::testing::HasSubstr;

constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError};

TEST(ChangeLogLevel, StandsInTheLogAndHoldsForGrpcToo) {
  for (const LogLevel before : kLevels) {
    for (const LogLevel after : kLevels) {
      testing::internal::CaptureStderr();
      SetUpLog(before, LogFormat::kText);
      ChangeLogLevel(after, "uid 7 pid 8");
      const std::string line = StrCat("log level level=", LogLevelName(after), " actor=\"uid 7 pid 8\"\n");
      EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr(line)) << LogLevelName(before);
      EXPECT_EQ(CurrentLogLevel(), after);
      EXPECT_EQ(gpr_should_log(GPR_LOG_SEVERITY_INFO) != 0, after == LogLevel::kDebug);
    }
  }
}

}  // namespace
}  // namespace tfld::daemon
