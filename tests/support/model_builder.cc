#include "tests/support/model_builder.h"

#include <algorithm>

namespace tfld::test {
namespace {

constexpr std::uint32_t kFormatVersion = 3;
constexpr std::size_t kBufferAlignment = 16;

}  // namespace

ModelBuilder::ModelBuilder() { AddBuffer({}); }  // buffer 0 is empty by convention

std::uint32_t ModelBuilder::AddBuffer(std::span<const std::byte> data) {
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> bytes;
  if (!data.empty()) {
    fbb_.ForceVectorAlignment(data.size(), sizeof(std::uint8_t), kBufferAlignment);
    bytes = fbb_.CreateVector(reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
  }
  buffers_.push_back(wire::CreateBuffer(fbb_, bytes));
  return static_cast<std::uint32_t>(buffers_.size() - 1);
}

int ModelBuilder::AddTensorWithBuffer(const TensorSpec& spec, std::uint32_t buffer) {
  flatbuffers::Offset<wire::QuantizationParameters> quantization;
  if (!spec.scales.empty()) {
    const auto scales = fbb_.CreateVector(spec.scales);
    const auto zero_points = fbb_.CreateVector(spec.zero_points);
    wire::QuantizationParametersBuilder parameters(fbb_);
    parameters.add_scale(scales);
    parameters.add_zero_point(zero_points);
    parameters.add_quantized_dimension(spec.axis);
    quantization = parameters.Finish();
  }
  if (spec.block_size > 0) {
    const auto blocks = wire::CreateBlockwiseQuantization(fbb_, spec.block_scales, 0, spec.block_size).Union();
    wire::QuantizationParametersBuilder parameters(fbb_);
    parameters.add_details_type(wire::QuantizationDetails_BlockwiseQuantization);
    parameters.add_details(blocks);
    quantization = parameters.Finish();
  }
  const auto shape = fbb_.CreateVector(spec.shape);
  const auto name = fbb_.CreateString(spec.name);
  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> signature;
  if (!spec.shape_signature.empty()) signature = fbb_.CreateVector(spec.shape_signature);
  wire::TensorBuilder tensor(fbb_);
  tensor.add_shape(shape);
  tensor.add_type(spec.type);
  tensor.add_buffer(buffer);
  tensor.add_name(name);
  tensor.add_is_variable(spec.is_variable);
  if (!quantization.IsNull()) tensor.add_quantization(quantization);
  if (!signature.IsNull()) tensor.add_shape_signature(signature);
  if (!spec.sparsity.IsNull()) tensor.add_sparsity(spec.sparsity);
  tensors_.push_back(tensor.Finish());
  return static_cast<int>(tensors_.size() - 1);
}

int ModelBuilder::AddTensor(const TensorSpec& spec) { return AddTensorWithBuffer(spec, 0); }

int ModelBuilder::AddConstant(const TensorSpec& spec, std::span<const std::byte> data) {
  return AddTensorWithBuffer(spec, AddBuffer(data));
}

int ModelBuilder::AddOutsideConstant(const TensorSpec& spec, std::uint64_t offset, std::uint64_t size) {
  buffers_.push_back(wire::CreateBuffer(fbb_, 0, offset, size));
  return AddTensorWithBuffer(spec, static_cast<std::uint32_t>(buffers_.size() - 1));
}

std::uint32_t ModelBuilder::AddOperatorCode(const OperatorSpec& spec) {
  flatbuffers::Offset<flatbuffers::String> custom;
  if (!spec.custom_code.empty()) custom = fbb_.CreateString(spec.custom_code);
  const auto op = spec.custom_code.empty() ? spec.op : wire::BuiltinOperator_CUSTOM;
  // Old readers know only the byte; what does not fit there is marked by 127.
  const auto old_code = static_cast<std::int8_t>(std::min<int>(op, 127));
  codes_.push_back(wire::CreateOperatorCode(fbb_, old_code, custom, spec.version, op));
  return static_cast<std::uint32_t>(codes_.size() - 1);
}

int ModelBuilder::AddOperator(const OperatorSpec& spec) {
  const std::uint32_t code = AddOperatorCode(spec);
  const auto inputs = fbb_.CreateVector(spec.inputs);
  const auto outputs = fbb_.CreateVector(spec.outputs);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> custom;
  if (!spec.custom_options.empty()) custom = fbb_.CreateVector(spec.custom_options);
  wire::OperatorBuilder node(fbb_);
  node.add_opcode_index(code);
  node.add_inputs(inputs);
  node.add_outputs(outputs);
  if (spec.options_type != wire::BuiltinOptions_NONE) node.add_builtin_options_type(spec.options_type);
  node.add_builtin_options(spec.options);
  node.add_custom_options(custom);
  if (spec.options2_type != wire::BuiltinOptions2_NONE) node.add_builtin_options_2_type(spec.options2_type);
  node.add_builtin_options_2(spec.options2);
  operators_.push_back(node.Finish());
  return static_cast<int>(operators_.size() - 1);
}

void ModelBuilder::EndGraph(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs,
                            const std::string& name) {
  const auto tensors = fbb_.CreateVector(tensors_);
  const auto operators = fbb_.CreateVector(operators_);
  graphs_.push_back(wire::CreateSubGraph(fbb_, tensors, fbb_.CreateVector(inputs), fbb_.CreateVector(outputs),
                                         operators, fbb_.CreateString(name)));
  tensors_.clear();
  operators_.clear();
}

void ModelBuilder::AddSignature(const std::string& key, const Names& inputs, const Names& outputs,
                                std::uint32_t graph) {
  const auto to_map = [this](const Names& names) {
    std::vector<flatbuffers::Offset<wire::TensorMap>> entries;
    for (const auto& [name, tensor] : names) {
      entries.push_back(wire::CreateTensorMap(fbb_, fbb_.CreateString(name), tensor));
    }
    return fbb_.CreateVector(entries);
  };
  const auto input_map = to_map(inputs);
  const auto output_map = to_map(outputs);
  signatures_.push_back(wire::CreateSignatureDef(fbb_, input_map, output_map, fbb_.CreateString(key), graph));
}

void ModelBuilder::AddMetadata(const std::string& name, std::span<const std::byte> data) {
  const std::uint32_t buffer = AddBuffer(data);
  metadata_.push_back(wire::CreateMetadata(fbb_, fbb_.CreateString(name), buffer));
}

std::vector<std::byte> ModelBuilder::Finish(const std::vector<std::int32_t>& inputs,
                                            const std::vector<std::int32_t>& outputs) {
  EndGraph(inputs, outputs);
  return Finish();
}

std::vector<std::byte> ModelBuilder::Finish() {
  const auto codes = fbb_.CreateVector(codes_);
  const auto graphs = fbb_.CreateVector(graphs_);
  const auto description = fbb_.CreateString("made by a test");
  const auto buffers = fbb_.CreateVector(buffers_);
  const auto metadata = fbb_.CreateVector(metadata_);
  const auto signatures = fbb_.CreateVector(signatures_);
  wire::ModelBuilder model(fbb_);
  model.add_version(kFormatVersion);
  model.add_operator_codes(codes);
  model.add_subgraphs(graphs);
  model.add_description(description);
  model.add_buffers(buffers);
  model.add_metadata(metadata);
  model.add_signature_defs(signatures);
  fbb_.Finish(model.Finish(), wire::ModelIdentifier());
  const auto bytes = std::as_bytes(std::span(fbb_.GetBufferPointer(), fbb_.GetSize()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace tfld::test
