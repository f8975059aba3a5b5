#include "engine/golden/golden.h"
#include "engine/base/str_cat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "engine/golden/discover.h"
#include "engine/golden/golden_parser.h"
#include "engine/golden/npy.h"
#include "engine/tensor/string_tensor.h"
#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kGood = R"({
  "model": "kws.tflite", "kernels": "reference", "unknown": {"a": [1]},
  "operators": ["CONV_2D"], "tags": ["int8", "stateful"], "tolerance": {"steps": 2},
  "kernel_max_abs_diff": {"builtin": 0.0, "xnnpack": 1.5},
  "steps": [{"signature": "serve",
             "inputs": [{"name": "x", "sig_name": "in", "dtype": "int8", "shape": [1, 2], "file": "in.npy"}],
             "outputs": [{"name": "y", "dtype": "int8", "shape": [2], "file": "out.npy",
                          "default_kernels": {"max_abs_diff": 8.0, "differing": 0.1}}]}]})";

void WriteText(const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; }

void WriteArrays(const test::TempDir& directory) {
  const std::vector<std::byte> data(2);
  ASSERT_TRUE(WriteNpy(directory / "in.npy", ElementType::kInt8, {1, 2}, data).ok());
  ASSERT_TRUE(WriteNpy(directory / "out.npy", ElementType::kInt8, {2}, data).ok());
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const std::size_t at = result.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return result.replace(at, from.size(), to);
}

TEST(GoldenTest, ReadsAllOfIt) {
  const test::TempDir directory;
  WriteArrays(directory);
  WriteText(directory / "golden.json", kGood);
  const auto golden = LoadGolden(directory.path());
  ASSERT_TRUE(golden.ok()) << golden.status().ToString();
  EXPECT_EQ(golden->model, "kws.tflite");
  EXPECT_TRUE(golden->HasTag("stateful"));
  EXPECT_FALSE(golden->HasTag("uint8"));
  EXPECT_EQ(golden->operators, std::vector<std::string>{"CONV_2D"});
  EXPECT_EQ(golden->kernel_max_abs_diff, 1.5);
  ASSERT_TRUE(golden->tolerance.has_value());
  EXPECT_EQ(golden->tolerance->steps, 2.0);
  ASSERT_EQ(golden->steps.size(), 1U);
  const GoldenStep& step = golden->steps[0];
  EXPECT_EQ(step.signature, "serve");
  EXPECT_EQ(step.inputs[0].sig_name, "in");
  EXPECT_EQ(step.inputs[0].shape, (Shape{1, 2}));
  EXPECT_EQ(step.inputs[0].data.size(), 2U);
  EXPECT_EQ(step.outputs[0].kernels_diff, 8.0);
}

TEST(GoldenTest, StringsStandInTheJson) {
  const auto golden = ParseGoldenJson(
      R"({"steps": [{"inputs": [{"dtype": "string", "shape": [2], "strings": ["a", "b"]}], "outputs": []}]})", {});
  ASSERT_TRUE(golden.ok()) << golden.status().ToString();
  EXPECT_EQ(golden->model, "model.tflite");
  EXPECT_EQ(golden->steps[0].inputs[0].data, EncodeStrings(std::vector<std::string>{"a", "b"}));
}

TEST(GoldenTest, KnowsWhichKernelsMadeIt) {
  const auto by_default_kernels = [](std::string_view entry) {
    return ParseGoldenJson(StrCat("{", entry, R"("steps": [{"inputs": [], "outputs": []}]})"), {})->by_default_kernels;
  };
  EXPECT_FALSE(by_default_kernels(""));
  EXPECT_FALSE(by_default_kernels(R"("resolver": "reference", )"));
  EXPECT_TRUE(by_default_kernels(R"("kernels": "default", )"));
  EXPECT_TRUE(by_default_kernels(R"("resolver": "builtin_no_delegates", )"));
}

struct BadCase {
  std::string_view from;
  std::string_view to;
  std::string_view reason;
};

class BadGoldenTest : public ::testing::TestWithParam<BadCase> {};

TEST_P(BadGoldenTest, IsRefusedWithTheReason) {
  const test::TempDir directory;
  WriteArrays(directory);
  WriteText(directory / "golden.json", Replaced(kGood, GetParam().from, GetParam().to));
  const auto golden = LoadGolden(directory.path());
  ASSERT_FALSE(golden.ok());
  EXPECT_THAT(std::string(golden.status().message()), HasSubstr(GetParam().reason));
  EXPECT_THAT(std::string(golden.status().message()), HasSubstr("golden.json"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadGoldenTest,
    ::testing::Values(
        BadCase{"{\n", "{,", "not a JSON object"}, BadCase{"\"steps\": [{", "\"other\": [{", "\"steps\""},
        BadCase{"\"kws.tflite\"", "5", "\"model\" is not a string"}, BadCase{"[\"CONV_2D\"]", "[7]", "\"operators\""},
        BadCase{"{\"steps\": 2}", "{\"steps\": -2}", "negative"},
        BadCase{"{\"steps\": 2}", "{\"steps\": \"2\"}", "not a number"},
        BadCase{"\"dtype\": \"int8\"", "\"dtype\": \"int7\"", "steps[0]: inputs[0]: \"dtype\""},
        BadCase{"[1, 2]", "[1, -2]", "\"shape\""}, BadCase{"[1, 2]", "[1, 2.5]", "\"shape\""},
        BadCase{"[1, 2]", "[1, 4294967298]", "\"shape\""}, BadCase{"[1, 2]", "[2, 1]", "in.npy holds int8"},
        BadCase{"[1, 2]", "[1,1,1,1,1,1,1,1,2]", "rank"}, BadCase{"\"in.npy\"", "\"none.npy\"", "none.npy"},
        BadCase{"\"in.npy\"", "\"../in.npy\"", "outside"}, BadCase{"\"in.npy\"", "\"/etc/passwd\"", "outside"},
        BadCase{"\"in.npy\"", "\"\"", "\"file\" is empty"}, BadCase{"\"in.npy\"", "\".\"", "not a regular file"}));

TEST(GoldenTest, ALinkMayNotLeadOut) {
  const test::TempDir outside;
  WriteArrays(outside);
  const test::TempDir directory;
  WriteArrays(directory);
  std::filesystem::remove(directory / "in.npy");
  std::filesystem::create_symlink(outside / "in.npy", directory / "in.npy");
  WriteText(directory / "golden.json", kGood);
  EXPECT_THAT(std::string(LoadGolden(directory.path()).status().message()), HasSubstr("outside"));
}

TEST(GoldenTest, LimitsHold) {
  const test::TempDir directory;
  WriteArrays(directory);
  WriteText(directory / "golden.json", kGood);
  EXPECT_EQ(LoadGolden(directory.path(), {.max_json_bytes = 100}).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(LoadGolden(directory.path(), {.max_total_bytes = 100}).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(LoadGolden(directory.path(), {.max_steps = 0}).status().code(), StatusCode::kResourceExhausted);
}

TEST(GoldenTest, DeepNestingIsNoCrash) {
  EXPECT_FALSE(ParseGoldenJson(std::string(1 << 20, '['), {}).ok());
  EXPECT_FALSE(ParseGoldenJson("{\"steps\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", {}).ok());
}

TEST(FindGoldensTest, FindsTheDirectoryItselfOrThoseBelow) {
  const test::TempDir directory;
  EXPECT_EQ(FindGoldens(directory.path()).status().code(), StatusCode::kNotFound);
  for (const char* name : {"b", "a", "c/d"}) {
    std::filesystem::create_directories(directory / name);
    WriteText(directory / name / "golden.json", "{}");
  }
  const auto found = FindGoldens(directory.path());
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, (std::vector<std::string>{directory / "a", directory / "b", directory / "c/d"}));
  EXPECT_EQ(*FindGoldens(directory / "b"), std::vector<std::string>{directory / "b"});
}

}  // namespace
}  // namespace tfld::engine
