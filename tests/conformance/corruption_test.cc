// Damaged models through loading, planning and running: an error or a result, never a crash, a hang or a lot of memory.
// Most telling in the build with sanitizers.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "engine/golden/random_input.h"
#include "engine/golden/read_file.h"
#include "tests/conformance/cases.h"
#include "tests/conformance/damage.h"
#include "tests/support/test_paths.h"
#include "tfld/engine.h"

namespace tfld::test {
namespace {

using engine::Backend;
using Clock = std::chrono::steady_clock;

// The model that is in the repository; the others lie in the shared directory.
constexpr char kShipped[] = "packaging/models/bearing_fault/2/model.tflite";

// For each of the models; with TFLD_LONG_TESTS six times as many.
constexpr int kTruncations = 50;
constexpr int kBitFlips = 500;
constexpr int kLongFactor = 6;

// A damaged model may be correct and ask for much work: what is allowed here keeps the test short.
constexpr engine::Limits kLimits{.max_arena_bytes = std::size_t{8} << 20, .max_tensors = 10'000, .max_nodes = 10'000};
constexpr std::chrono::seconds kRunTime{2};

class Deadline final : public engine::StepObserver {
 public:
  bool BeforeStep(int, int) override { return Clock::now() < end_; }
  void AfterStep(int, int, std::string_view) override {}

 private:
  Clock::time_point end_ = Clock::now() + kRunTime;
};

struct Tally {
  int refused = 0;  // by the importer
  int unplanned = 0;
  int failed = 0;  // while running
  int ran = 0;
};

void LoadAndRun(std::span<const std::byte> bytes, Backend backend, Tally& tally) {
  const auto model = engine::Model::FromBytes(bytes, "damaged", kLimits);
  if (!model.ok()) {
    ++tally.refused;
    EXPECT_FALSE(model.status().message().empty());
    return;
  }
  const auto executable = engine::Executable::Create(*model, {.backend = backend, .threads = 1, .limits = kLimits});
  const auto session = executable.ok() ? (*executable)->NewSession() : executable.status();
  if (!session.ok()) {
    ++tally.unplanned;
    EXPECT_FALSE(session.status().message().empty());
    return;
  }
  for (int i = 0; i < static_cast<int>((*executable)->inputs().size()); ++i)
    engine::FillRandom((*session)->Input(i), 1);
  Deadline deadline;
  (*session)->SetObserver(&deadline);
  ++((*session)->Run().ok() ? tally.ran : tally.failed);
}

class CorruptionTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::filesystem::path path = SourceDir() / kShipped;
    if (std::string(GetParam()) != kShipped) {
      TFLD_SKIP_WITHOUT_SHARED();
      path = *SharedDir() / "models" / (std::string(GetParam()) + ".tflite");
    }
    auto bytes = engine::ReadFile(path, std::size_t{64} << 20);
    ASSERT_TRUE(bytes.ok()) << bytes.status().ToString();
    bytes_ = std::move(bytes).value();
  }

  static int Factor() { return std::getenv("TFLD_LONG_TESTS") != nullptr ? kLongFactor : 1; }
  static Backend BackendOf(int i) { return i % 4 < 2 ? Backend::kCpu : Backend::kReference; }

  std::vector<std::byte> bytes_;
};

TEST_P(CorruptionTest, Undamaged) {
  Tally tally;
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) LoadAndRun(bytes_, backend, tally);
  EXPECT_EQ(tally.ran, 2);
}

TEST_P(CorruptionTest, Truncated) {
  Damager damager(bytes_, 1);
  Tally tally;
  for (int i = 0; i < kTruncations * Factor(); ++i) LoadAndRun(damager.Truncate(), BackendOf(i), tally);
  // What is cut off may be bytes that nothing refers to.
  EXPECT_GT(tally.refused, kTruncations * Factor() / 2);
}

TEST_P(CorruptionTest, BitsFlipped) {
  Damager damager(bytes_, 2);
  Tally tally;
  for (int i = 0; i < kBitFlips * Factor(); ++i) LoadAndRun(damager.FlipBit(), BackendOf(i), tally);
  RecordProperty("refused", tally.refused);
  RecordProperty("ran", tally.ran);
  // Half of the flips fall into what describes the model: some must have been noticed. A flip in a weight is not.
  EXPECT_GT(tally.refused + tally.unplanned, 0);
  EXPECT_GT(tally.ran, 0);
}

std::string NameOf(const ::testing::TestParamInfo<const char*>& info) { return TestName(info.param); }

INSTANTIATE_TEST_SUITE_P(Models, CorruptionTest,
                         ::testing::Values(kShipped, "hello_world_int8", "kws_int8", "micro_speech_int8", "ad01_int8",
                                           "person_detect_int8", "mobilenet_v1_0.25_128_uint8"),
                         NameOf);

}  // namespace
}  // namespace tfld::test
