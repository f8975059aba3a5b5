#include "daemon/rpc/model_description.h"

#include <chrono>
#include <string>

#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/datatype.h"
#include "daemon/scheduler/batch_sessions.h"
#include "inference/grpc_service.pb.h"
#include "inference/model_config.pb.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using engine::TensorInfo;

constexpr char kPlatform[] = "tflite";
constexpr char kBackend[] = "tfld";

inference::DataType ConfigType(ElementType type) {
  switch (type) {
    case ElementType::kBool: return inference::TYPE_BOOL;
    case ElementType::kInt8: return inference::TYPE_INT8;
    case ElementType::kInt16: return inference::TYPE_INT16;
    case ElementType::kInt32: return inference::TYPE_INT32;
    case ElementType::kInt64: return inference::TYPE_INT64;
    case ElementType::kUInt8: return inference::TYPE_UINT8;
    case ElementType::kUInt16: return inference::TYPE_UINT16;
    case ElementType::kUInt32: return inference::TYPE_UINT32;
    case ElementType::kUInt64: return inference::TYPE_UINT64;
    case ElementType::kFloat16: return inference::TYPE_FP16;
    case ElementType::kBFloat16: return inference::TYPE_BF16;
    case ElementType::kFloat32: return inference::TYPE_FP32;
    case ElementType::kFloat64: return inference::TYPE_FP64;
    case ElementType::kString: return inference::TYPE_STRING;
    default: return inference::TYPE_INVALID;
  }
}

void DescribeTensor(const TensorInfo& info, inference::ModelMetadataResponse::TensorMetadata& tensor) {
  tensor.set_name(info.name);
  tensor.set_datatype(std::string(DatatypeName(info.type)));
  for (const std::int32_t size : info.shape.dims()) tensor.add_shape(size);
}

template <typename Tensor>
void ConfigureTensor(const TensorInfo& info, Tensor& tensor) {
  tensor.set_name(info.name);
  tensor.set_data_type(ConfigType(info.type));
  for (const std::int32_t size : info.shape.dims()) tensor.add_dims(size);
}

}  // namespace

void DescribeMetadata(const ServedVersion& served, const ServingMap& map, inference::ModelMetadataResponse& metadata) {
  const engine::Executable& executable = served.instance->executable();
  metadata.set_name(served.model);
  for (const auto& each : map.Snapshot(served.model)) metadata.add_versions(std::to_string(each->version));
  metadata.set_platform(kPlatform);
  for (const TensorInfo& input : executable.inputs()) DescribeTensor(input, *metadata.add_inputs());
  for (const TensorInfo& output : executable.outputs()) DescribeTensor(output, *metadata.add_outputs());
}

void DescribeConfig(const ServedVersion& served, const ServingMap& map, inference::ModelConfig& config) {
  const engine::Executable& executable = served.instance->executable();
  config.set_name(served.model);
  config.set_platform(kPlatform);
  config.set_backend(kBackend);
  auto& versions = *config.mutable_version_policy()->mutable_specific();
  for (const auto& each : map.Snapshot(served.model)) versions.add_versions(static_cast<std::int64_t>(each->version));
  config.set_max_batch_size(0);
  for (const TensorInfo& input : executable.inputs()) ConfigureTensor(input, *config.add_input());
  for (const TensorInfo& output : executable.outputs()) ConfigureTensor(output, *config.add_output());
  inference::ModelInstanceGroup& group = *config.add_instance_group();
  group.set_name(served.model);
  group.set_kind(inference::ModelInstanceGroup::KIND_CPU);
  group.set_count(served.instance->slots());
  if (BatchSessions* batches = served.instance->batches()) {
    const auto delay =
        std::chrono::duration_cast<std::chrono::microseconds>(served.instance->batch_options().max_delay);
    inference::ModelDynamicBatching& batching = *config.mutable_dynamic_batching();
    for (const int size : batches->sizes()) batching.add_preferred_batch_size(size);
    batching.set_max_queue_delay_microseconds(static_cast<std::uint64_t>(delay.count()));
  }
  config.set_default_model_filename("model.tflite");
}

}  // namespace tfld::daemon
