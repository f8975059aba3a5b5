// The small parts of the library that need no daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <limits>

#include "client/src/data_type.h"
#include "client/src/runtime_dir.h"
#include "client/src/slot_waiter.h"
#include "client/src/socket_probe.h"
#include "client/src/string_codec.h"
#include "client/src/tensor_size.h"
#include "tests/support/temp_dir.h"

namespace tfld::client {
namespace {

using testing::ElementsAre;

TEST(RuntimeDirTest, TheArgumentComesBeforeTheEnvironment) {
  ::setenv("TFLD_RUNTIME_DIR", "/from/environment", 1);
  EXPECT_EQ(FindRuntimeDir("/from/argument"), "/from/argument");
  EXPECT_EQ(FindRuntimeDir(""), "/from/environment");
  ::unsetenv("TFLD_RUNTIME_DIR");
}

TEST(RuntimeDirTest, WithoutBothItDependsOnTheUser) {
  ::unsetenv("TFLD_RUNTIME_DIR");
  ::setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
  const bool system = ::geteuid() == 0 || ::access("/run/tfld/tfld.sock", F_OK) == 0;
  EXPECT_EQ(FindRuntimeDir(""), system ? "/run/tfld" : "/run/user/1000/tfld");
}

TEST(TensorSizeTest, CountsAndRefusesWhatIsOpenOrTooLarge) {
  EXPECT_EQ(ElementCount({}), 1u);
  EXPECT_EQ(ByteSize(DataType::kInt16, std::array<std::int64_t, 2>{3, 4}), 24u);
  EXPECT_EQ(ByteSize(DataType::kInt16, std::array<std::int64_t, 2>{3, -1}), std::nullopt);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(ByteSize(DataType::kInt8, std::array<std::int64_t, 2>{kMost, kMost}), std::nullopt);
  EXPECT_EQ(ShapeText(std::array<std::int64_t, 2>{1, 49}), "[1, 49]");
}

TEST(DataTypeTest, NamesGoBothWays) {
  for (int i = 0; i <= static_cast<int>(DataType::kBytes); ++i) {
    const auto type = static_cast<DataType>(i);
    EXPECT_EQ(DataTypeFromName(DataTypeName(type)), type);
  }
  EXPECT_EQ(DataTypeFromName("INT5"), std::nullopt);
}

// Once a client sleeps, a daemon that then sleeps too makes every request as slow as two wake-ups.
TEST(SlotWaiterTest, TheHandOverOfASmallModelIsNoQueue) {
  using std::chrono::microseconds;
  SlotWaiter waiter;
  const auto learn = [&](microseconds latency, microseconds queued) {
    for (int i = 0; i < 100; ++i) waiter.Learn(latency, queued);
  };
  learn(microseconds(3), microseconds(2));
  EXPECT_TRUE(waiter.AnswersAreQuick());
  learn(microseconds(100), microseconds(50));
  EXPECT_FALSE(waiter.AnswersAreQuick()) << "every executor is busy";
  learn(microseconds(100), microseconds(10));
  EXPECT_TRUE(waiter.AnswersAreQuick());
  learn(microseconds(1000), microseconds(10));
  EXPECT_FALSE(waiter.AnswersAreQuick());
}

TEST(StringCodecTest, RoundTrip) {
  const std::array<std::string_view, 3> strings = {"a", "", "longer than the others"};
  std::vector<std::byte> bytes(EncodedSize(strings));
  EncodeStrings(strings, bytes);
  EXPECT_THAT(*DecodeStrings(bytes), ElementsAre("a", "", "longer than the others"));
  EXPECT_FALSE(DecodeStrings(std::span(bytes).first(3)).ok());
  EXPECT_FALSE(DecodeStrings(std::span(bytes).first(bytes.size() - 1)).ok());
}

TEST(SocketProbeTest, NobodyThere) {
  const test::TempDir directory;
  EXPECT_EQ(ProbeSocket(directory / "none.sock").code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace tfld::client
