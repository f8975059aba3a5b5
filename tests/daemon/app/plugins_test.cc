#include "daemon/app/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/support/model_builder.h"
#include "tests/support/temp_dir.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace wire = test::wire;

std::vector<std::byte> ScaleModel(float factor) {
  std::vector<std::uint8_t> options(sizeof(factor));
  std::memcpy(options.data(), &factor, sizeof(factor));
  test::ModelBuilder builder;
  const int x = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {3}});
  const int y = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {3}});
  builder.AddOperator({.inputs = {x}, .outputs = {y}, .custom_code = "ExampleScale", .custom_options = options});
  return builder.Finish({x}, {y});
}

// A copy that the test may change.
std::string CopyOfPlugin(const test::TempDir& directory) {
  const std::string path = (directory / "plugin.so").string();
  std::filesystem::copy_file(TFLD_SCALE_PLUGIN, path);
  chmod(path.c_str(), 0755);
  return path;
}

TEST(Plugins, TeachTheEngineTheirOperators) {
  const test::TempDir directory;
  const std::vector<std::string> plugins = {CopyOfPlugin(directory)};
  const auto model = engine::Model::FromBytes(ScaleModel(2.5F), "m");
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(engine::Executable::Create(*model, {}).status().code(), StatusCode::kUnimplemented);
  const Status status = LoadPlugins(plugins);
  ASSERT_TRUE(status.ok()) << status.ToString();
  const auto executable = engine::Executable::Create(*model, {});
  ASSERT_TRUE(executable.ok()) << executable.status().ToString();
  const auto session = (*executable)->NewSession();
  ASSERT_TRUE(session.ok());
  const std::vector<float> values = {1, -2, 4};
  ASSERT_TRUE((*session)->SetInput(0, std::as_bytes(std::span(values))).ok());
  ASSERT_TRUE((*session)->Run().ok());
  EXPECT_THAT((*session)->Output(0).As<float>(), ElementsAre(2.5F, -5, 10));
  // The name is taken now.
  EXPECT_EQ(LoadPlugins(plugins).code(), StatusCode::kAlreadyExists);
}

TEST(Plugins, AFileThatOthersMayWriteIsNotLoaded) {
  const test::TempDir directory;
  const std::string path = CopyOfPlugin(directory);
  chmod(path.c_str(), 0775);
  const Status status = LoadPlugins(std::vector<std::string>{path});
  EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
  EXPECT_THAT(status.message(), HasSubstr(path));
}

TEST(Plugins, WhatIsNoPluginIsNamed) {
  const test::TempDir directory;
  const std::string path = (directory / "text.so").string();
  std::ofstream(path) << "no library";
  const Status status = LoadPlugins(std::vector<std::string>{path});
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("text.so"));
  EXPECT_EQ(LoadPlugins(std::vector<std::string>{(directory / "absent.so").string()}).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace tfld::daemon
