// kill -9 in the middle of a deploy, an activation and a rollback, at random moments: after the restart the old or the
// new version is active, complete, and gives the right answers; what was confirmed before the kill has happened.
//
// TFLD_KILLS is how many kills of each kind; 5 unless given, 50 with TFLD_LONG_TESTS=1.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>
#include <thread>

#include "client/ctl/admin_client.h"
#include "client/ctl/package_source.h"
#include "client/ctl/sha256.h"
#include "client/examples/bearing_samples.h"
#include "engine/base/mapped_file.h"
#include "engine/base/str_cat.h"
#include "tests/integration/daemon_process.h"
#include "tests/support/test_paths.h"
#include "tfld/client.h"

namespace tfld::test {
namespace {

using ctl::AdminClient;
using ctl::PackageSource;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::microseconds;

constexpr char kModel[] = "bearing_fault";

int KillCount() {
  if (const char* count = std::getenv("TFLD_KILLS")) return std::atoi(count);
  const char* is_long = std::getenv("TFLD_LONG_TESTS");
  return is_long != nullptr && std::string(is_long) == "1" ? 50 : 5;
}

std::filesystem::path Fixture(const std::string& name) { return SourceDir() / "packaging/models/bearing_fault" / name; }

// Which of the two models the version holds: odd versions are the first, even ones the second.
int ContentOf(std::uint64_t version) { return version % 2 == 1 ? 1 : 2; }

class KillTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Fixture("2/model.tflite"))) GTEST_SKIP() << "the shipped model is not here";
    ASSERT_EQ(bearing_samples_load(Fixture("samples").c_str(), &samples_), 0);
    ASSERT_TRUE(daemon_.Start().ok()) << daemon_.Log();
  }

  AdminClient Admin() const { return AdminClient(daemon_.runtime_dir() + "/admin.sock"); }

  // The package has no manifest, so that its version is free.
  Status Deploy(std::uint64_t version) const {
    const std::string folder = StrCat(ContentOf(version), "/");
    TFLD_ASSIGN_OR_RETURN(const PackageSource source,
                          PackageSource::Open(Fixture(folder + "model.tflite"), Fixture(folder + "golden")));
    v1::DeployHeader header;
    header.set_model(kModel);
    header.set_version(version);
    header.set_size(source.bytes().size());
    header.set_sha256(ctl::Sha256Hex(source.bytes()));
    return Admin().Deploy(header, source.bytes(), {}).status();
  }

  std::uint64_t Active() const {
    const auto model = Admin().GetModel(kModel);
    EXPECT_TRUE(model.ok()) << model.status().ToString() << daemon_.Log();
    return model.ok() && model->has_active() ? model->active() : 0;
  }

  // One version is active, and those that are not said to have failed are there as a whole.
  void ExpectSoundVersions(std::uint64_t active) const {
    const auto model = Admin().GetModel(kModel);
    ASSERT_TRUE(model.ok()) << model.status().ToString();
    for (const v1::VersionStatus& version : model->versions()) {
      const bool is_active = version.version() == active;
      EXPECT_EQ(version.state() == v1::VERSION_STATE_ACTIVE, is_active) << "version " << version.version();
      if (version.state() == v1::VERSION_STATE_FAILED) continue;
      const auto file =
          daemon_.state_dir() / "models" / kModel / "versions" / StrCat(version.version()) / "model.tflite";
      EXPECT_EQ(ctl::Sha256Hex(MappedFile::Open(file).value()->bytes()), version.sha256()) << file;
    }
  }

  void ExpectRightAnswers(std::uint64_t version) const {
    ClientOptions options;
    options.runtime_dir = daemon_.runtime_dir();
    const auto client = Client::Connect(options);
    ASSERT_TRUE(client.ok()) << client.status().ToString();
    auto binding = client->Bind(kModel);
    ASSERT_TRUE(binding.ok()) << binding.status().ToString();
    for (std::size_t i = 0; i < samples_.count; ++i) {
      const bearing_sample& sample = samples_.samples[i];
      std::copy(std::begin(sample.window), std::end(sample.window), binding->Input<std::int8_t>(0)->begin());
      const Status status = binding->Infer();
      ASSERT_TRUE(status.ok()) << status.ToString();
      EXPECT_EQ(binding->version(), version);
      const auto scores = *binding->Output<std::int8_t>(0);
      EXPECT_EQ(bearing_argmax(scores.data(), scores.size()), sample.expected[ContentOf(version)]);
    }
  }

  // Kills the daemon at a random moment of `change`, which goes from version `before` to `after`, starts it again, and
  // looks.
  template <typename Change>
  void KillDuring(const Change& change, std::uint64_t before, std::uint64_t after) {
    std::optional<Status> outcome;
    const Microseconds delay(std::uniform_int_distribution<std::int64_t>(0, usual_.count() * 5 / 4)(random_));
    const Clock::time_point begin = Clock::now();
    Clock::time_point end = begin;
    std::thread caller([&] {
      outcome = change();
      end = Clock::now();
    });
    std::this_thread::sleep_until(begin + delay);
    daemon_.Kill();
    caller.join();
    if (outcome->ok()) usual_ = std::chrono::duration_cast<Microseconds>(end - begin);
    const Status restarted = daemon_.Start();
    EXPECT_TRUE(restarted.ok()) << restarted.ToString();
    const std::uint64_t active = Active();
    SCOPED_TRACE(StrCat("killed after ", delay.count(), " us of about ", usual_.count(), "; from version ", before,
                        " to ", after, ", active ", active, "; outcome ", outcome->ToString()));
    EXPECT_TRUE(active == after || (active == before && !outcome->ok()));
    ExpectSoundVersions(active);
    ExpectRightAnswers(active);
    ++(outcome->ok() ? confirmed_ : active == after ? unconfirmed_ : undone_);
  }

  void TearDown() override {
    std::printf("kills: %d after the answer, %d between the change and the answer, %d before the change\n", confirmed_,
                unconfirmed_, undone_);
  }

  // How long `change` takes without a kill.
  template <typename Change>
  void Measure(const Change& change) {
    const Clock::time_point begin = Clock::now();
    const Status status = change();
    usual_ = std::chrono::duration_cast<Microseconds>(Clock::now() - begin);
    ASSERT_TRUE(status.ok()) << status.ToString() << daemon_.Log();
  }

  DaemonProcess daemon_;
  bearing_samples samples_{};
  Microseconds usual_{0};
  int confirmed_ = 0, unconfirmed_ = 0, undone_ = 0;
  std::mt19937 random_{20261121};
};

TEST_F(KillTest, DuringDeploy) {
  ASSERT_NO_FATAL_FAILURE(Measure([&] { return Deploy(1); }));
  std::uint64_t active = 1;
  for (int i = 0; i < KillCount() && !HasFailure(); ++i) {
    const std::uint64_t next = 2 + static_cast<std::uint64_t>(i);
    KillDuring([&] { return Deploy(next); }, active, next);
    active = Active();
  }
}

TEST_F(KillTest, DuringActivate) {
  ASSERT_TRUE(Deploy(1).ok());
  ASSERT_TRUE(Deploy(2).ok());
  ASSERT_NO_FATAL_FAILURE(Measure([&] { return Admin().Activate(kModel, 1).status(); }));
  for (int i = 0; i < KillCount() && !HasFailure(); ++i) {
    const std::uint64_t before = Active();
    const std::uint64_t after = 3 - before;
    KillDuring([&] { return Admin().Activate(kModel, after).status(); }, before, after);
  }
}

TEST_F(KillTest, DuringRollback) {
  ASSERT_TRUE(Deploy(1).ok());
  ASSERT_TRUE(Deploy(2).ok());
  ASSERT_NO_FATAL_FAILURE(Measure([&] { return Admin().Rollback(kModel, std::nullopt).status(); }));
  for (int i = 0; i < KillCount() && !HasFailure(); ++i) {
    const auto activated = Admin().Activate(kModel, 2);  // so that there is something to go back from
    ASSERT_TRUE(activated.ok() || Active() == 2) << activated.status().ToString();
    KillDuring([&] { return Admin().Rollback(kModel, std::nullopt).status(); }, 2, 1);
  }
}

}  // namespace
}  // namespace tfld::test
