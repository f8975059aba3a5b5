// What `infer` makes of inputs and outputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>

#include "client/ctl/elements.h"
#include "client/ctl/infer_inputs.h"
#include "client/ctl/infer_outputs.h"
#include "engine/base/str_cat.h"
#include "tests/client/fake_daemon.h"
#include "tests/support/temp_dir.h"

namespace tfld::ctl {
namespace {

using testing::HasSubstr;

using namespace std::string_view_literals;

class InferInputsTest : public testing::Test {
 protected:
  Binding Bind(std::string_view model) const {
    ClientOptions options;
    options.runtime_dir = directory_.path();
    return std::move(*Client::Connect(options)->Bind(model));
  }

  // Fills the input from a file with this content.
  Status Fill(Binding& binding, std::string_view content, const std::string& file = "x.bin") const {
    std::ofstream(directory_ / file, std::ios::binary) << content;
    return FillInputs({StrCat("x=", (directory_ / file).string())}, 1, binding);
  }

 private:
  test::TempDir directory_;
  test::FakeDaemon daemon_{directory_.path()};
};

TEST_F(InferInputsTest, StringsAreReadAndShown) {
  Binding binding = Bind("words");
  const Status filled = Fill(binding, "\3\0\0\0cat\3\0\0\0dog"sv);
  ASSERT_TRUE(filled.ok()) << filled.ToString();
  ASSERT_TRUE(binding.Infer().ok());
  const auto outputs = ReadOutputs(binding);
  ASSERT_TRUE(outputs.ok()) << outputs.status().ToString();
  EXPECT_EQ(ToJson(outputs->at(0), {})["data"].dump(), R"(["dog","cat"])");
  EXPECT_EQ(OutputText(outputs->at(0), {}), "y: BYTES [2]\n  [0] \"dog\"\n  [1] \"cat\"\n");
}

TEST_F(InferInputsTest, StringsThatAreNotWholeAreRefused) {
  Binding binding = Bind("words");
  const Status cut = Fill(binding, "\3\0\0\0cat\3\0\0\0do"sv);
  EXPECT_EQ(cut.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(cut.message()), HasSubstr("inside of a string"));
  EXPECT_EQ(Fill(binding, "\3\0\0\0cat"sv).code(), StatusCode::kInvalidArgument);
}

TEST_F(InferInputsTest, ANameEndsAtTheFirstEqualsSign) {
  Binding binding = Bind("scale");
  const Status filled = Fill(binding, std::string(16, '\0'), "a=b.bin");
  EXPECT_TRUE(filled.ok()) << filled.ToString();
}

template <typename T, std::size_t kCount>
InferOutput Output(const std::string& name, const std::array<T, kCount>& values) {
  const auto bytes = std::as_bytes(std::span(values));
  return {{name, DataTypeOf<T>::value, {kCount}}, bytes, ElementsOf(DataTypeOf<T>::value, bytes)};
}

TEST(InferOutputsTest, IntegersAreExact) {
  const std::array<std::int64_t, 3> values = {-12, 9007199254740992, 9007199254740993};
  const InferOutput output = Output("y", values);
  const auto json = ToJson(output, {});
  EXPECT_EQ(json["data"].dump(), "[-12,9007199254740992,9007199254740993]");
  EXPECT_EQ(json["top"][0].dump(), R"({"index":2,"value":9007199254740993})");
  EXPECT_THAT(OutputText(output, {}), HasSubstr(", -12 to 9007199254740993\n  [2] 9007199254740993\n"));
}

TEST(InferOutputsTest, WhatIsNotANumberComesLast) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::array<float, 4> values = {kNan, 1, -2, 1};
  EXPECT_EQ(OutputText(Output("y", values), {}),
            "y: FP32 [4], -2.000000 to 1.000000\n  [1] 1.000000\n  [3] 1.000000\n  [2] -2.000000\n  [0] nan\n");
}

TEST(InferOutputsTest, NamesThatBecomeAlikeHaveFilesOfTheirOwn) {
  const test::TempDir directory;
  const std::array<std::int8_t, 1> values = {1};
  ASSERT_TRUE(
      SaveOutputs({Output("a/b", values), Output("a:b", values), Output("a_b", values)}, directory.path()).ok());
  for (const char* file : {"a_b.npy", "a_b_.npy", "a_b__.npy"}) {
    EXPECT_TRUE(std::filesystem::exists(directory / file)) << file;
  }
}

}  // namespace
}  // namespace tfld::ctl
