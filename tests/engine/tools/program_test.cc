// Calls the program tfld-model and looks at its exit status and output.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/golden/npy.h"
#include "tests/support/model_builder.h"
#include "tests/support/temp_dir.h"

namespace tfld::engine {
namespace {

using ::testing::HasSubstr;
namespace wire = test::wire;
using Json = nlohmann::json;

struct Outcome {
  int exit_status = -1;
  std::string output;  // standard output and error together
};

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("TFLD_MODEL") == nullptr) GTEST_SKIP() << "TFLD_MODEL names no tfld-model";
    WriteModel("good.tflite", "");
    WriteModel("custom.tflite", "NobodysOperator");
    std::filesystem::create_directory(directory_ / "golden");
    const std::vector<float> input = {-1, 2};
    const std::vector<float> output = {0, 2};
    ASSERT_TRUE(
        WriteNpy(directory_ / "golden/in.npy", ElementType::kFloat32, {1, 2}, std::as_bytes(std::span(input))).ok());
    ASSERT_TRUE(
        WriteNpy(directory_ / "golden/out.npy", ElementType::kFloat32, {1, 2}, std::as_bytes(std::span(output))).ok());
    std::ofstream(directory_ / "golden/golden.json") << R"({"model": "good.tflite", "steps": [{
        "inputs": [{"name": "x", "dtype": "float32", "shape": [1, 2], "file": "in.npy"}],
        "outputs": [{"name": "y", "dtype": "float32", "shape": [1, 2], "file": "out.npy"}]}]})";
  }

  // y = relu(x), or a custom operator.
  void WriteModel(const std::string& name, const std::string& custom) {
    test::ModelBuilder builder;
    const int x = builder.AddTensor({.shape = {1, 2}, .name = "x"});
    const int y = builder.AddTensor({.shape = {1, 2}, .name = "y"});
    builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}, .custom_code = custom});
    const std::vector<std::byte> bytes = builder.Finish({x}, {y});
    std::ofstream(directory_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  Outcome Call(const std::string& arguments) {
    const std::string command =
        "cd " + directory_.path().string() + " && " + std::getenv("TFLD_MODEL") + " " + arguments + " 2>&1";
    Outcome outcome;
    FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return outcome;
    char buffer[4096];
    while (const std::size_t count = std::fread(buffer, 1, sizeof(buffer), pipe)) outcome.output.append(buffer, count);
    outcome.exit_status = WEXITSTATUS(::pclose(pipe));
    return outcome;
  }

  test::TempDir directory_;
};

TEST_F(ProgramTest, WrongUsageIsTwo) {
  for (const char* arguments : {"", "dance", "inspect", "check", "check good.tflite", "bench good.tflite --threads 0",
                                "run good.tflite --backend abacus", "run good.tflite --input 0=a --golden golden"}) {
    EXPECT_EQ(Call(arguments).exit_status, 2) << arguments;
  }
}

TEST_F(ProgramTest, HelpAndVersion) {
  EXPECT_EQ(Call("--version").exit_status, 0);
  const Outcome help = Call("--help");
  EXPECT_EQ(help.exit_status, 0);
  for (const char* command : {"inspect", "run", "check", "compare", "operators", "bench", "profile"}) {
    EXPECT_THAT(help.output, HasSubstr(command));
    EXPECT_EQ(Call(std::string(command) + " --help").exit_status, 0);
  }
}

TEST_F(ProgramTest, Inspect) {
  const Outcome text = Call("inspect good.tflite --graph");
  EXPECT_EQ(text.exit_status, 0) << text.output;
  EXPECT_THAT(text.output, HasSubstr("RELU"));
  EXPECT_EQ(Call("inspect --graph good.tflite").output, text.output);
  EXPECT_EQ(Call("inspect --graph text good.tflite").output, text.output);
  EXPECT_THAT(Call("inspect good.tflite --graph dot").output, ::testing::StartsWith("digraph"));
  EXPECT_EQ(Call("inspect good.tflite --graph svg").exit_status, 2);
  EXPECT_EQ(Call("inspect --graph").exit_status, 2);
  const Json json = Json::parse(Call("inspect good.tflite --json").output);
  EXPECT_EQ(json["supported"], true);
  EXPECT_EQ(json["inputs"][0]["name"], "x");
  EXPECT_EQ(json["inputs"][0]["shape"], (std::vector<int>{1, 2}));
  EXPECT_TRUE(json.contains("arena_kib"));
}

TEST_F(ProgramTest, InspectOfWhatCannotRun) {
  const Outcome outcome = Call("inspect custom.tflite --json");
  EXPECT_EQ(outcome.exit_status, 0);
  const Json json = Json::parse(outcome.output);
  EXPECT_EQ(json["supported"], false);
  EXPECT_EQ(json["unsupported"][0]["operator"], "NobodysOperator");
  EXPECT_EQ(Call("inspect none.tflite").exit_status, 1);
  EXPECT_EQ(Call("inspect golden/golden.json").exit_status, 1);
}

TEST_F(ProgramTest, RunWritesOutputs) {
  const Outcome outcome = Call("run good.tflite --input x=golden/in.npy --output-dir out");
  ASSERT_EQ(outcome.exit_status, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("y  float32 [1, 2]  from 0 to 2"));
  EXPECT_TRUE(ReadNpy(directory_ / "out/output0.npy", 4096).ok());
  EXPECT_EQ(Call("run --input x=golden/in.npy good.tflite").exit_status, 0);  // takes one word, not the model too
  ASSERT_EQ(Call("run good.tflite --golden golden --output-dir out").exit_status, 0);
  const auto written = ReadNpy(directory_ / "out/out.npy", 4096);
  const auto expected = ReadNpy(directory_ / "golden/out.npy", 4096);
  EXPECT_EQ(written->data, expected->data);
  EXPECT_EQ(Call("run custom.tflite").exit_status, 1);
  EXPECT_EQ(Call("run good.tflite --signature other").exit_status, 1);
}

TEST_F(ProgramTest, LabelsWithoutAFileAreTheModels) {
  std::ofstream(directory_ / "labels.txt") << "cat\ndog\n";
  EXPECT_THAT(Call("run good.tflite --input x=golden/in.npy --labels labels.txt").output, HasSubstr("dog"));
  const Outcome none = Call("run good.tflite --labels");
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_THAT(none.output, HasSubstr("no labels of its own"));
  EXPECT_EQ(Call("run --labels good.tflite").output, none.output);
  EXPECT_EQ(Call("run --seed 2").exit_status, 2);
}

TEST_F(ProgramTest, Check) {
  const Outcome good = Call("check good.tflite golden --backend reference");
  EXPECT_EQ(good.exit_status, 0) << good.output;
  EXPECT_THAT(good.output, HasSubstr("ok"));
  EXPECT_EQ(Call("check golden --models .").exit_status, 0);
  const Json json = Json::parse(Call("check good.tflite golden --json").output);
  EXPECT_EQ(json["ok"], 1);
  EXPECT_EQ(json["cases"][0]["max_abs_diff"], 0.0);
  EXPECT_EQ(Call("check custom.tflite golden").exit_status, 1);

  const std::vector<float> wrong = {0, 3};
  ASSERT_TRUE(
      WriteNpy(directory_ / "golden/out.npy", ElementType::kFloat32, {1, 2}, std::as_bytes(std::span(wrong))).ok());
  const Outcome out = Call("check good.tflite golden");
  EXPECT_EQ(out.exit_status, 1);
  EXPECT_THAT(out.output, HasSubstr("OUT"));
  EXPECT_THAT(Call("check good.tflite golden --explain").output, HasSubstr("all 1 nodes agree"));

  // With the tensors of the run that the golden is from, the node is found.
  std::filesystem::create_directory(directory_ / "golden/tensors");
  std::filesystem::copy_file(directory_ / "golden/out.npy", directory_ / "golden/tensors/1.npy");
  EXPECT_THAT(Call("check good.tflite golden --explain").output, HasSubstr("node 0 (RELU"));
  const Json explained = Json::parse(Call("check good.tflite golden --explain --json").output);
  const Json first = explained["cases"][0]["explanation"]["first"];
  EXPECT_EQ(first["operator"], "RELU");
  EXPECT_EQ(first["place"], (std::vector<int>{0, 1}));
  EXPECT_EQ(first["actual"], 2.0);
  EXPECT_EQ(first["expected"], 3.0);
}

TEST_F(ProgramTest, Compare) {
  const Outcome text = Call("compare good.tflite --input 0=golden/in.npy");
  EXPECT_EQ(text.exit_status, 0) << text.output;
  EXPECT_THAT(text.output, HasSubstr("all 1 nodes agree"));
  EXPECT_EQ(Json::parse(Call("compare good.tflite --json").output)["first"], nullptr);
  EXPECT_EQ(Call("compare custom.tflite").exit_status, 1);
}

TEST_F(ProgramTest, Operators) {
  const Outcome text = Call("operators good.tflite custom.tflite good.tflite --cmake list.cmake");
  EXPECT_EQ(text.exit_status, 0) << text.output;
  EXPECT_THAT(text.output, HasSubstr("not in this build"));
  std::ifstream file(directory_ / "list.cmake");
  const std::string list(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(list, HasSubstr("set(TFLD_OPERATORS_SELECTED\n    RELU\n    custom:NobodysOperator)\n"));
  const Json json = Json::parse(Call("operators good.tflite good.tflite --json").output);
  EXPECT_EQ(json["operators"][0]["nodes"], 2);
  EXPECT_EQ(json["operators"][0]["models"], 2);
  EXPECT_EQ(Call("operators good.tflite --cmake none/list.cmake").exit_status, 1);
}

TEST_F(ProgramTest, Bench) {
  const Outcome one = Call("bench good.tflite --seconds 0.01 --json");
  ASSERT_EQ(one.exit_status, 0) << one.output;
  const Json json = Json::parse(one.output);
  for (const char* key : {"model", "threads", "backend", "load_ms", "first_us", "p50_us", "min_us", "p99_us",
                          "weights_kib", "packed_kib", "arena_kib", "allocations"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["allocations"], 0.0);
  const Outcome two = Call("bench good.tflite custom.tflite --seconds 0.01");
  EXPECT_EQ(two.exit_status, 1);
  EXPECT_THAT(two.output, HasSubstr("NobodysOperator"));
}

TEST_F(ProgramTest, Profile) {
  const Json json = Json::parse(Call("profile good.tflite --seconds 0.01 --json").output);
  EXPECT_EQ(json["operators"][0]["operator"], "RELU");
  EXPECT_THAT(Call("profile good.tflite --seconds 0.01").output, HasSubstr("GOPS"));
}

}  // namespace
}  // namespace tfld::engine
