// Models of more than 2 GB: constants behind what the offsets of a FlatBuffer reach.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "tests/support/model_builder.h"
#include "tests/support/temp_dir.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

using test::ModelBuilder;

constexpr std::uint64_t kFar = (std::uint64_t{5} << 29) + 64;  // 2.5 GiB
constexpr float kFarValues[] = {10, 20, 30, 40};

// y = x + c, where c lies at `offset` of the file.
std::vector<std::byte> SumModel(std::uint64_t offset) {
  ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "x"});
  const int c = builder.AddOutsideConstant({.shape = {1, 4}, .name = "c"}, offset, sizeof(kFarValues));
  const int y = builder.AddTensor({.shape = {1, 4}, .name = "y"});
  builder.AddOperator({.op = test::wire::BuiltinOperator_ADD, .inputs = {x, c}, .outputs = {y}});
  return builder.Finish({x}, {y});
}

// The file is sparse: what lies between takes no room on the disk.
class OutsideBuffers : public testing::Test {
 protected:
  void Write(const std::vector<std::byte>& model) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::pwrite(file, model.data(), model.size(), 0), static_cast<ssize_t>(model.size()));
    const ssize_t written = ::pwrite(file, kFarValues, sizeof(kFarValues), static_cast<off_t>(kFar));
    ::close(file);
    if (written < 0) GTEST_SKIP() << "the file system holds no file of 2.5 GiB";
  }

  const test::TempDir directory_;
  const std::string path_ = directory_ / "large.tflite";
};

TEST_F(OutsideBuffers, AModelOfMoreThanTwoGigabytesRuns) {
  Write(SumModel(kFar));
  const auto model = Model::FromFile(path_);
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  const auto executable = Executable::Create(*model, {});
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  std::ranges::fill((*session)->Input(0).As<float>(), 1.0F);
  ASSERT_TRUE((*session)->Run().ok());
  const auto sums = (*session)->Output(0).As<const float>();
  EXPECT_EQ(std::vector<float>(sums.begin(), sums.end()), (std::vector<float>{11, 21, 31, 41}));
}

TEST_F(OutsideBuffers, OneThatPassesTheEndOfTheFileIsRefused) {
  Write(SumModel(kFar + 8));
  const auto model = Model::FromFile(path_);
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.status().ToString().find("outside of the file"), std::string::npos) << model.status().ToString();
}

}  // namespace
}  // namespace tfld::engine
