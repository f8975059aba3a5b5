#include "daemon/telemetry/log_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tfld::daemon {
namespace {

using ::testing::HasSubstr;

TEST(LogFormat, TextQuotesWhatNeedsIt) {
  EXPECT_EQ(FormatText("deploy", {{"model", "kws"}, {"reason", "no \"space\"\nleft"}, {"empty", ""}}),
            "deploy model=kws reason=\"no \\\"space\\\"\\nleft\" empty=\"\"");
}

TEST(LogFormat, NothingThatATerminalObeysGoesIntoTheText) {
  EXPECT_EQ(FormatText("deploy", {{"model", "a\x1b[2Jb"}, {"reason", "c\rd"}, {"actor", "e\x7f"}}),
            R"(deploy model="a\u001b[2Jb" reason="c\rd" actor="e\u007f")");
}

TEST(LogFormat, JsonEscapesControlCharacters) {
  EXPECT_EQ(FormatJson("2026-01-31T12:00:00.000Z", LogLevel::kWarning, "grpc", {{"message", "a\x01\t\"b\""}}),
            R"({"time":"2026-01-31T12:00:00.000Z","level":"warning","event":"grpc","message":"a\u0001\t\"b\""})");
}

TEST(LogFormat, JournalCarriesFieldsAndFramesNewlines) {
  const std::string datagram =
      FormatJournal(LogLevel::kError, "deploy refused", {{"model", "kws"}, {"reason", "a\nb"}});
  EXPECT_THAT(datagram, HasSubstr("PRIORITY=3\n"));
  EXPECT_THAT(datagram, HasSubstr("TFLD_EVENT=deploy refused\n"));
  EXPECT_THAT(datagram, HasSubstr("TFLD_MODEL=kws\n"));
  const std::string framed = std::string("TFLD_REASON\n") + '\3' + std::string(7, '\0') + "a\nb\n";
  EXPECT_THAT(datagram, HasSubstr(framed));
}

}  // namespace
}  // namespace tfld::daemon
