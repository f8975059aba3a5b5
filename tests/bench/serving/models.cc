#include "tests/bench/serving/models.h"

#include <fstream>
#include <iterator>

#include "engine/base/str_cat.h"
#include "tests/support/model_builder.h"
#include "tests/support/test_paths.h"

namespace tfld::bench {
namespace {

namespace wire = ::tfld::wire;
using test::ModelBuilder;

test::TensorSpec Int8(std::int32_t size, const char* name) {
  return {.type = wire::TensorType_INT8, .shape = {1, size}, .name = name};
}

test::TensorSpec Pair() { return {.type = wire::TensorType_INT32, .shape = {2}}; }

std::vector<std::byte> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
  return {first, first + bytes.size()};
}

}  // namespace

std::vector<std::byte> EchoModel(std::int32_t size) {
  ModelBuilder builder;
  const int in = builder.AddTensor(Int8(size, "in"));
  const int out = builder.AddTensor(Int8(size, "out"));
  const int shape = builder.AddConstant<std::int32_t>(Pair(), {1, size});
  builder.AddOperator({.op = wire::BuiltinOperator_RESHAPE, .inputs = {in, shape}, .outputs = {out}});
  return builder.Finish({in}, {out});
}

std::vector<std::byte> SinkModel(std::int32_t size) {
  ModelBuilder builder;
  const int in = builder.AddTensor(Int8(size, "in"));
  const int out = builder.AddTensor(Int8(16, "out"));
  const int begin = builder.AddConstant<std::int32_t>(Pair(), {0, 0});
  const int extent = builder.AddConstant<std::int32_t>(Pair(), {1, 16});
  builder.AddOperator({.op = wire::BuiltinOperator_SLICE, .inputs = {in, begin, extent}, .outputs = {out}});
  return builder.Finish({in}, {out});
}

std::vector<std::byte> SharedModel(const std::string& file) {
  const auto shared = test::SharedDir();
  return shared ? ReadFile(*shared / "models" / file) : std::vector<std::byte>();
}

std::vector<std::byte> ShippedModel(int version) {
  return ReadFile(test::SourceDir() / "packaging/models/bearing_fault" / StrCat(version) / "model.tflite");
}

}  // namespace tfld::bench
