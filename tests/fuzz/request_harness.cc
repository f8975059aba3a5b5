#include "tests/fuzz/request_harness.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "daemon/rpc/region_registry.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/request_parameters.h"
#include "daemon/rpc/shared_tensors.h"
#include "daemon/rpc/tensor_codec.h"
#include "daemon/scheduler/session_row.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/fuzz/dice.h"
#include "tests/support/model_builder.h"

namespace tfld::test {
namespace {

using engine::ElementType;
using inference::ModelInferRequest;

constexpr std::uint64_t kRegionBytes = 256;
constexpr std::uint64_t kMaxStringBytes = 1024;
constexpr const char* kModels[] = {"numbers", "strings", "open"};

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

// out0 has the shape of in0, whose rows are open.
std::shared_ptr<daemon::ModelInstance> OpenInstance() {
  ModelBuilder builder;
  const int input =
      builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 2}, .name = "in0", .shape_signature = {-1, 2}});
  const int output = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 2}, .name = "out0"});
  builder.AddOperator({.op = wire::BuiltinOperator_NEG, .inputs = {input}, .outputs = {output}});
  engine::Limits limits;
  limits.max_arena_bytes = std::size_t{1} << 20;
  const auto model = engine::Model::FromBytes(builder.Finish({input}, {output}), "open", limits);
  if (!model.ok()) Stop(model.status().ToString());
  auto executable = engine::Executable::Create(*model, {.backend = engine::Backend::kReference, .limits = limits});
  if (!executable.ok()) Stop(executable.status().ToString());
  auto instance = daemon::ModelInstance::Create(*std::move(executable), {nullptr});
  if (!instance.ok()) Stop(instance.status().ToString());
  return *std::move(instance);
}

// The models, and the region "r" of this user.
struct World {
  World() {
    numbers = EchoInstance({{ElementType::kFloat32, {1, 4}}, {ElementType::kInt8, {3}}, {ElementType::kBool, {2}}}, 1);
    strings = EchoInstance({{ElementType::kString, {2}}, {ElementType::kInt64, {1}}}, 1);
    open = OpenInstance();
    const std::string key = StrCat("/tfld-fuzz-", getpid());
    const int descriptor = shm_open(key.c_str(), O_CREAT | O_RDWR, 0600);
    if (descriptor < 0 || ftruncate(descriptor, kRegionBytes) != 0) Stop("no shared memory");
    daemon::PeerIdentity me;
    me.uid = getuid();
    me.gid = getgid();
    const Status status = regions.Register(me, "r", key, 0, kRegionBytes);
    shm_unlink(key.c_str());
    close(descriptor);
    if (!status.ok()) Stop(status.ToString());
  }

  daemon::ModelInstance& Named(const std::string& name) const {
    return name == kModels[1] ? *strings : name == kModels[2] ? *open : *numbers;
  }

  std::shared_ptr<daemon::ModelInstance> numbers, strings, open;
  daemon::RegionRegistry regions;
};

World& TheWorld() {
  static World world;
  return world;
}

void AddInput(ModelInferRequest& request, const char* name, const char* datatype,
              std::initializer_list<std::int64_t> shape, const std::string& raw) {
  auto& input = *request.add_inputs();
  input.set_name(name);
  input.set_datatype(datatype);
  for (const std::int64_t size : shape) input.add_shape(size);
  request.add_raw_input_contents(raw);
}

constexpr std::int64_t kNumbers[] = {0,
                                     1,
                                     2,
                                     3,
                                     4,
                                     7,
                                     8,
                                     16,
                                     -1,
                                     255,
                                     256,
                                     1 << 20,
                                     std::int64_t{1} << 31,
                                     std::int64_t{1} << 32,
                                     std::int64_t{1} << 62,
                                     std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min()};
constexpr const char* kNames[] = {"in0", "in1", "in2", "out0", "out1", "out2", "", "r", "nobody"};
constexpr const char* kTypes[] = {"FP32", "INT8", "BOOL", "BYTES", "INT64", "FP16", "", "fp32"};
constexpr const char* kParameters[] = {"shared_memory_region",
                                       "shared_memory_byte_size",
                                       "shared_memory_offset",
                                       "classification",
                                       "timeout",
                                       "priority",
                                       "sequence_id",
                                       "triton_enable_empty_final_response",
                                       "other"};

template <typename Values>
const auto& OneOf(Dice& dice, const Values& values) {
  return values[dice.Below(std::size(values))];
}

void SetParameter(Dice& dice, google::protobuf::Map<std::string, inference::InferParameter>& parameters) {
  inference::InferParameter& parameter = parameters[OneOf(dice, kParameters)];
  switch (dice.Below(5)) {
    case 0: parameter.set_bool_param(dice.OneIn(2)); break;
    case 1: parameter.set_string_param(OneOf(dice, kNames)); break;
    case 2: parameter.set_uint64_param(static_cast<std::uint64_t>(OneOf(dice, kNumbers))); break;
    case 3: parameter.set_double_param(0.5); break;
    default: parameter.set_int64_param(OneOf(dice, kNumbers)); break;
  }
}

// Parameters that belong together, so that some are right.
template <typename Tensor>
void PlaceInRegion(Dice& dice, Tensor& tensor) {
  constexpr std::int64_t kSizes[] = {2, 3, 8, 12, 16, 64, 256, 257};
  auto& parameters = *tensor.mutable_parameters();
  parameters["shared_memory_region"].set_string_param("r");
  parameters["shared_memory_byte_size"].set_int64_param(OneOf(dice, kSizes));
  parameters["shared_memory_offset"].set_int64_param(dice.OneIn(4) ? OneOf(dice, kNumbers) : 0);
}

void SetContents(Dice& dice, inference::InferTensorContents& contents) {
  switch (dice.Below(6)) {
    case 0: contents.add_fp32_contents(1); break;
    case 1: contents.add_int_contents(static_cast<std::int32_t>(OneOf(dice, kNumbers))); break;
    case 2: contents.add_int64_contents(OneOf(dice, kNumbers)); break;
    case 3: contents.add_bool_contents(true); break;
    case 4: contents.add_bytes_contents("text"); break;
    default: contents.Clear(); break;
  }
}

void ChangeRaw(Dice& dice, std::string& raw) {
  if (dice.OneIn(2)) raw.resize(dice.Below(40));
  for (std::size_t i = 0; i < raw.size() && i < 4; ++i) {
    raw[dice.Below(raw.size())] = static_cast<char>(dice.Below(256));
  }
}

void ChangeInput(Dice& dice, ModelInferRequest& request) {
  auto& input = *request.mutable_inputs(static_cast<int>(dice.Below(static_cast<std::size_t>(request.inputs_size()))));
  switch (dice.Below(7)) {
    case 0: input.set_name(OneOf(dice, kNames)); break;
    case 1: input.set_datatype(OneOf(dice, kTypes)); break;
    case 2: input.add_shape(OneOf(dice, kNumbers)); break;
    case 3:
      if (input.shape_size() > 0) input.set_shape(0, OneOf(dice, kNumbers));
      break;
    case 4: SetContents(dice, *input.mutable_contents()); break;
    case 5: SetParameter(dice, *input.mutable_parameters()); break;
    default: PlaceInRegion(dice, input); break;
  }
}

void ChangeOutput(Dice& dice, ModelInferRequest& request) {
  auto& output =
      *request.mutable_outputs(static_cast<int>(dice.Below(static_cast<std::size_t>(request.outputs_size()))));
  switch (dice.Below(3)) {
    case 0: output.set_name(OneOf(dice, kNames)); break;
    case 1: SetParameter(dice, *output.mutable_parameters()); break;
    default: PlaceInRegion(dice, output); break;
  }
}

}  // namespace

ModelInferRequest RightRequest(std::uint64_t seed) {
  ModelInferRequest request;
  request.set_model_name(kModels[seed % std::size(kModels)]);
  if (request.model_name() == kModels[0]) {
    AddInput(request, "in0", "FP32", {1, 4}, std::string(16, '\0'));
    AddInput(request, "in1", "INT8", {3}, "abc");
    AddInput(request, "in2", "BOOL", {2}, "ab");
  } else if (request.model_name() == kModels[1]) {
    AddInput(request, "in0", "BYTES", {2}, std::string("\1\0\0\0a\2\0\0\0bc", 11));
    AddInput(request, "in1", "INT64", {1}, "12345678");
  } else {
    AddInput(request, "in0", "FP32", {2, 2}, std::string(16, '\0'));
  }
  return request;
}

void MutateRequest(ModelInferRequest& request, std::uint64_t seed) {
  Dice dice(seed);
  auto& raw = *request.mutable_raw_input_contents();
  switch (dice.Below(8)) {
    case 0: SetParameter(dice, *request.mutable_parameters()); break;
    case 1: request.add_outputs()->set_name(OneOf(dice, kNames)); break;
    case 2:
      if (raw.size() > 0)
        ChangeRaw(dice, *raw.Mutable(static_cast<int>(dice.Below(static_cast<std::size_t>(raw.size())))));
      break;
    case 3:
      if (raw.size() > 0) raw.RemoveLast();
      break;
    case 4: request.set_model_name(OneOf(dice, kModels)); break;
    case 5:
      if (request.outputs_size() > 0) ChangeOutput(dice, request);
      break;
    default:
      if (request.inputs_size() > 0) ChangeInput(dice, request);
      break;
  }
}

bool RunRequest(const ModelInferRequest& request) {
  World& world = TheWorld();
  daemon::ModelInstance& instance = world.Named(request.model_name());
  const engine::EntryPoint& entry = instance.executable().entry_points()[0];
  daemon::SharedTensors shared;
  daemon::RequestParameters parameters;
  if (!ResolveSharedTensors(request, world.regions, getuid(), shared).ok() ||
      !CopySharedStrings(request, kMaxStringBytes, shared).ok() || !CheckRequest(entry, request, shared).ok() ||
      !ParseParameters(request, parameters).ok()) {
    return false;
  }
  inference::ModelInferResponse response;
  PrepareResponse(entry, request, shared, response);
  engine::Session& session = instance.session(0);
  session.Reset();
  Status status = CopyInputs(entry, request, shared, daemon::SessionRow(session));
  // What the check cannot see: numbers that their datatype cannot hold, and shapes that are too much for the model.
  const bool allowed = status.code() == StatusCode::kInvalidArgument || status.code() == StatusCode::kResourceExhausted;
  if (!status.ok() && !allowed) Stop(StrCat("after the check: ", status.ToString()));
  if (!status.ok()) return false;
  if (!session.Run().ok()) return false;
  status = CopyOutputs(entry, daemon::SessionRow(session), {}, shared, response);
  if (!status.ok() && status.code() != StatusCode::kInvalidArgument) Stop(StrCat("at the end: ", status.ToString()));
  if (!status.ok()) return false;
  const int outputs = request.outputs_size() > 0 ? request.outputs_size() : static_cast<int>(entry.outputs.size());
  if (response.outputs_size() != outputs || response.raw_output_contents_size() != outputs) Stop("outputs are missing");
  return true;
}

}  // namespace tfld::test
