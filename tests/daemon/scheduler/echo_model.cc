#include "tests/daemon/scheduler/echo_model.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "engine/base/str_cat.h"
#include "tests/support/model_builder.h"

namespace tfld::test {
namespace {

template <typename T>
T OrDie(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "the test's model: %s\n", result.status().ToString().c_str());
    std::abort();
  }
  return std::move(*result);
}

}  // namespace

std::vector<std::byte> EchoModel(const std::vector<EchoTensor>& tensors) {
  ModelBuilder builder;
  std::vector<std::int32_t> inputs;
  std::vector<std::int32_t> outputs;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::vector<std::int32_t>& shape = tensors[i].shape;
    const std::int32_t count = std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>());
    // The engine's numbers of types are those of the format.
    const auto type = static_cast<wire::TensorType>(tensors[i].type);
    const bool quantized = tensors[i].type == engine::ElementType::kInt8;
    TensorSpec spec{.type = type, .shape = shape, .name = StrCat("in", i)};
    if (quantized) {
      spec.scales = {1.0F};
      spec.zero_points = {0};
    }
    inputs.push_back(builder.AddTensor(spec));
    spec.shape = {count};
    spec.name = StrCat("out", i);
    outputs.push_back(builder.AddTensor(spec));
    const int flat = builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {1}}, {count});
    builder.AddOperator(
        {.op = wire::BuiltinOperator_RESHAPE, .inputs = {inputs.back(), flat}, .outputs = {outputs.back()}});
  }
  return builder.Finish(inputs, outputs);
}

std::shared_ptr<daemon::ModelInstance> EchoInstance(const std::vector<EchoTensor>& tensors, int slots,
                                                    const daemon::InstanceOptions& options) {
  return InstanceOf(EchoModel(tensors), slots, options);
}

std::vector<std::byte> HeadModel(std::int32_t size) {
  ModelBuilder builder;
  const TensorSpec pair{.type = wire::TensorType_INT32, .shape = {2}};
  const int in = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {1, size}, .name = "in"});
  const int out = builder.AddTensor({.type = wire::TensorType_INT8, .shape = {1, 16}, .name = "out"});
  const int begin = builder.AddConstant<std::int32_t>(pair, {0, 0});
  const int extent = builder.AddConstant<std::int32_t>(pair, {1, 16});
  builder.AddOperator({.op = wire::BuiltinOperator_SLICE, .inputs = {in, begin, extent}, .outputs = {out}});
  return builder.Finish({in}, {out});
}

std::vector<std::byte> LookUpModel() {
  ModelBuilder builder;
  std::vector<float> values;
  for (std::int32_t i = 0; i < kLookUpSize; ++i) values.push_back(10.0F * static_cast<float>(i));
  const int table = builder.AddConstant<float>({.shape = {kLookUpSize, 1}}, values);
  const int index = builder.AddTensor({.type = wire::TensorType_INT32, .shape = {1}, .name = "index"});
  const int value = builder.AddTensor({.shape = {1, 1}, .name = "value"});
  builder.AddOperator({.op = wire::BuiltinOperator_GATHER, .inputs = {table, index}, .outputs = {value}});
  return builder.Finish({index}, {value});
}

std::vector<std::byte> RunningSumModel() {
  ModelBuilder builder;
  const int x = builder.AddTensor({.shape = {1, 4}, .name = "x"});
  const int axis = builder.AddConstant<std::int32_t>({.type = wire::TensorType_INT32, .shape = {}}, {0});
  const int sum = builder.AddTensor({.shape = {1, 4}, .name = "sum"});
  builder.AddOperator({.op = wire::BuiltinOperator_CUMSUM, .inputs = {x, axis}, .outputs = {sum}});
  return builder.Finish({x}, {sum});
}

std::shared_ptr<daemon::ModelInstance> InstanceOf(const std::vector<std::byte>& bytes, int slots,
                                                  const daemon::InstanceOptions& instance_options,
                                                  engine::Backend backend) {
  const auto model = OrDie(engine::Model::FromBytes(bytes, "test.tflite"));
  engine::ExecutableOptions options;
  options.backend = backend;
  auto executable = OrDie(engine::Executable::Create(model, options));
  const std::vector<std::shared_ptr<engine::ThreadPool>> pools(static_cast<std::size_t>(slots));
  return OrDie(daemon::ModelInstance::Create(std::move(executable), pools, instance_options));
}

}  // namespace tfld::test
