#include "tests/fuzz/mutate_model.h"

#include <tflite_generated.h>

#include <algorithm>
#include <cstring>

#include "tests/fuzz/dice.h"
#include "tests/fuzz/model_tables.h"
#include "tests/fuzz/mutate_options.h"

namespace tfld::test {
namespace {

namespace wire = ::tfld::wire;

// A constant does not grow beyond this; what a shape says may.
constexpr std::size_t kMaxConstantBytes = 1 << 16;
constexpr std::size_t kMaxBytes = 1 << 18;

std::size_t ElementBytes(wire::TensorType type) {
  switch (type) {
    case wire::TensorType_FLOAT32:
    case wire::TensorType_INT32:
    case wire::TensorType_UINT32: return 4;
    case wire::TensorType_FLOAT16:
    case wire::TensorType_INT16:
    case wire::TensorType_UINT16: return 2;
    case wire::TensorType_FLOAT64:
    case wire::TensorType_INT64:
    case wire::TensorType_UINT64:
    case wire::TensorType_COMPLEX64: return 8;
    case wire::TensorType_COMPLEX128: return 16;
    default: return 1;
  }
}

class Mutator {
 public:
  Mutator(wire::ModelT& model, Dice& dice) : model_(model), dice_(dice) {}

  // Changes one thing, if there is such a thing.
  void Mutate() {
    if (model_.subgraphs.empty()) return;
    graph_ = model_.subgraphs[dice_.Below(model_.subgraphs.size())].get();
    if (graph_ == nullptr || graph_->tensors.empty()) return;
    tensor_ = graph_->tensors[dice_.Below(graph_->tensors.size())].get();
    node_ = graph_->operators.empty() ? nullptr : graph_->operators[dice_.Below(graph_->operators.size())].get();
    switch (dice_.Below(12)) {
      case 0: return MutateShape();
      case 1: return MutateType();
      case 2: return MutateQuantization();
      case 3:
      case 4: return MutateConstant();
      case 5: return MakeConstant();
      case 6: return MakeInput();
      case 7: return MutateInputs();
      case 8: return MutateOutputs();
      case 9: return MutateCode();
      case 10: return AppendNode();
      default: return MutateFlags();
    }
  }

 private:
  int AnyTensor() { return static_cast<int>(dice_.Below(graph_->tensors.size())); }

  std::vector<std::uint8_t>* DataOf(const wire::TensorT& tensor) {
    if (tensor.buffer == 0 || tensor.buffer >= model_.buffers.size()) return nullptr;
    auto& data = model_.buffers[tensor.buffer]->data;
    return data.empty() ? nullptr : &data;
  }

  // As many bytes as type and shape say, so that more than the first check is passed.
  void FitConstant() {
    auto* data = DataOf(*tensor_);
    if (data == nullptr) return;
    std::size_t bytes = ElementBytes(tensor_->type);
    for (const std::int32_t dim : tensor_->shape) {
      if (dim <= 0 || bytes > kMaxConstantBytes) return;
      bytes *= static_cast<std::size_t>(dim);
    }
    if (bytes > kMaxConstantBytes) return;
    // Constants may share a buffer: the others keep theirs.
    auto copy = std::make_unique<wire::BufferT>();
    copy->data = *data;
    copy->data.resize(bytes, static_cast<std::uint8_t>(dice_.Of({0, 1, 3})));
    tensor_->buffer = static_cast<std::uint32_t>(model_.buffers.size());
    model_.buffers.push_back(std::move(copy));
  }

  std::int32_t AnyDim() {
    if (dice_.OneIn(8)) return dice_.Of({0, -1, 64, 1000, 65536, 0x7FFFFFFF});
    return dice_.Between(1, 9);
  }

  void MutateShape() {
    auto& shape = tensor_->shape;
    switch (dice_.Below(4)) {
      case 0: shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(dice_.Below(shape.size() + 1)), AnyDim()); break;
      case 1:
        if (!shape.empty()) shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(dice_.Below(shape.size())));
        break;
      default:
        if (!shape.empty()) shape[dice_.Below(shape.size())] = AnyDim();
    }
    tensor_->shape_signature.clear();
    if (!dice_.OneIn(8)) FitConstant();
  }

  // Of several tensors at once, since most operators want theirs to be alike.
  void MutateType() {
    const auto from = tensor_->type;
    const auto to = static_cast<wire::TensorType>(dice_.Below(wire::TensorType_MAX + 1));
    const bool all = dice_.OneIn(2);
    for (const auto& tensor : graph_->tensors) {
      if (tensor.get() != tensor_ && !(all && tensor->type == from)) continue;
      tensor->type = to;
      if (tensor.get() == tensor_) FitConstant();
    }
  }

  void MutateQuantization() {
    auto& quantization = tensor_->quantization;
    if (quantization == nullptr || dice_.OneIn(8)) {
      quantization = std::make_unique<wire::QuantizationParametersT>();
      quantization->scale = {0.1F};
      quantization->zero_point = {0};
    }
    switch (dice_.Below(5)) {
      case 0: return quantization.reset();
      case 1: {
        const float scale = dice_.Of({0.001F, 0.25F, 1.0F, 3.0F, 1e-9F, 1e9F, 1e38F, 0.0F, -1.0F, __builtin_nanf("")});
        for (float& old : quantization->scale) old = scale;
        return;
      }
      case 2: {
        const auto zero_point = dice_.Of<std::int64_t>({0, 1, -128, 127, 128, 255, -5, 1 << 20, 1LL << 40});
        for (std::int64_t& old : quantization->zero_point) old = zero_point;
        return;
      }
      case 3: {
        quantization->quantized_dimension = dice_.Between(-1, 4);
        return;
      }
      default: {
        const auto axis = static_cast<std::size_t>(std::max(quantization->quantized_dimension, 0));
        const auto dim = axis < tensor_->shape.size() ? std::clamp(tensor_->shape[axis], 1, 64) : 1;
        quantization->scale.resize(static_cast<std::size_t>(dim), 0.03F);
        quantization->zero_point.resize(static_cast<std::size_t>(dim), 0);
      }
    }
  }

  void MutateConstant() {
    auto* data = DataOf(*tensor_);
    // Most tensors have no data: look for one that has.
    for (int tries = 0; data == nullptr && tries < 8; ++tries) {
      tensor_ = graph_->tensors[dice_.Below(graph_->tensors.size())].get();
      data = DataOf(*tensor_);
    }
    if (data == nullptr) return;
    const std::size_t size = ElementBytes(tensor_->type);
    const std::size_t place = dice_.Below(data->size() / size) * size;
    if (place + size > data->size()) return;
    const bool is_index = tensor_->type == wire::TensorType_INT32 || tensor_->type == wire::TensorType_INT64;
    if (is_index) {
      const std::int64_t value = dice_.OneIn(4)
                                     ? dice_.Of<std::int64_t>({0x7FFFFFFF, -0x7FFFFFFFLL - 1, 65536, 1LL << 40})
                                     : dice_.Between(-4, 10);
      std::memcpy(data->data() + place, &value, size);
    } else {
      const std::uint64_t value = dice_.Bits();
      std::memcpy(data->data() + place, &value, std::min<std::size_t>(size, 8));
    }
  }

  void MakeConstant() {
    auto buffer = std::make_unique<wire::BufferT>();
    buffer->data.assign(1, static_cast<std::uint8_t>(dice_.Below(3)));
    tensor_->buffer = static_cast<std::uint32_t>(model_.buffers.size());
    model_.buffers.push_back(std::move(buffer));
    FitConstant();
    for (std::size_t i = 0; i < graph_->tensors.size(); ++i) {
      if (graph_->tensors[i].get() == tensor_) std::erase(graph_->inputs, static_cast<std::int32_t>(i));
    }
  }

  void MakeInput() {
    const int id = AnyTensor();
    graph_->tensors[static_cast<std::size_t>(id)]->buffer = 0;
    if (std::ranges::find(graph_->inputs, id) == graph_->inputs.end()) graph_->inputs.push_back(id);
  }

  void MutateInputs() {
    if (node_ == nullptr) return;
    auto& inputs = node_->inputs;
    if (inputs.empty() || dice_.OneIn(4)) return inputs.push_back(dice_.OneIn(4) ? -1 : AnyTensor());
    if (dice_.OneIn(4)) return inputs.pop_back();
    inputs[dice_.Below(inputs.size())] = dice_.OneIn(8) ? -1 : AnyTensor();
  }

  void MutateOutputs() {
    if (dice_.OneIn(2)) {
      graph_->outputs.push_back(AnyTensor());
    } else if (node_ != nullptr && !node_->outputs.empty()) {
      if (dice_.OneIn(3)) return node_->outputs.pop_back();
      node_->outputs[dice_.Below(node_->outputs.size())] = AnyTensor();
    }
  }

  void MutateCode() {
    if (node_ == nullptr || node_->opcode_index >= model_.operator_codes.size()) return;
    auto& code = *model_.operator_codes[node_->opcode_index];
    if (dice_.OneIn(2)) {
      code.version = dice_.Between(1, 8);
      return;
    }
    code.builtin_code = static_cast<wire::BuiltinOperator>(dice_.Below(wire::BuiltinOperator_MAX + 1));
    code.deprecated_builtin_code = static_cast<std::int8_t>(std::min<int>(code.builtin_code, 127));
  }

  // The same operator again, on what the graph returns.
  void AppendNode() {
    if (node_ == nullptr || node_->outputs.empty() || graph_->outputs.empty()) return;
    auto node = std::make_unique<wire::OperatorT>(*node_);
    for (std::int32_t& input : node->inputs) {
      if (dice_.OneIn(2)) input = graph_->outputs[dice_.Below(graph_->outputs.size())];
    }
    for (std::int32_t& output : node->outputs) {
      if (output < 0 || static_cast<std::size_t>(output) >= graph_->tensors.size()) continue;
      graph_->tensors.push_back(std::make_unique<wire::TensorT>(*graph_->tensors[static_cast<std::size_t>(output)]));
      output = static_cast<std::int32_t>(graph_->tensors.size()) - 1;
    }
    graph_->outputs[dice_.Below(graph_->outputs.size())] = node->outputs[0];
    graph_->operators.push_back(std::move(node));
  }

  void MutateFlags() {
    if (node_ != nullptr && !node_->custom_options.empty() && dice_.OneIn(2)) {
      node_->custom_options[dice_.Below(node_->custom_options.size())] = static_cast<std::uint8_t>(dice_.Bits());
    } else if (dice_.OneIn(2)) {
      tensor_->is_variable = !tensor_->is_variable;
    } else {
      tensor_->has_rank = !tensor_->has_rank;
      if (!tensor_->shape.empty()) {
        tensor_->shape_signature = tensor_->shape;
        tensor_->shape_signature[dice_.Below(tensor_->shape.size())] = -1;
      }
    }
  }

  wire::ModelT& model_;
  Dice& dice_;
  wire::SubGraphT* graph_ = nullptr;
  wire::TensorT* tensor_ = nullptr;
  wire::OperatorT* node_ = nullptr;
};

// A union can name a kind and have no value, which packing takes for granted.
template <typename Union>
void DropEmpty(Union& value) {
  if (value.value == nullptr) value.Reset();
}

void DropEmptyUnions(wire::ModelT& model) {
  for (const auto& graph : model.subgraphs) {
    for (const auto& node : graph->operators) {
      DropEmpty(node->builtin_options);
      DropEmpty(node->builtin_options_2);
    }
    for (const auto& tensor : graph->tensors) {
      if (tensor->quantization != nullptr) DropEmpty(tensor->quantization->details);
      if (tensor->sparsity == nullptr) continue;
      for (const auto& dim : tensor->sparsity->dim_metadata) {
        DropEmpty(dim->array_segments);
        DropEmpty(dim->array_indices);
      }
    }
  }
}

void MutateAnyOptions(std::uint8_t* bytes, Dice& dice) {
  const wire::Model* model = wire::GetModel(bytes);
  if (model->subgraphs() == nullptr || model->subgraphs()->size() == 0) return;
  const auto graph = static_cast<flatbuffers::uoffset_t>(dice.Below(model->subgraphs()->size()));
  const auto* nodes = model->subgraphs()->Get(graph)->operators();
  if (nodes == nullptr || nodes->size() == 0) return;
  MutateOptions(*nodes->Get(static_cast<flatbuffers::uoffset_t>(dice.Below(nodes->size()))), dice);
}

}  // namespace

std::vector<std::uint8_t> MutateModel(const std::uint8_t* bytes, std::size_t size, std::uint64_t seed) {
  flatbuffers::Verifier verifier(bytes, size);
  if (size < 8 || size > kMaxBytes || !wire::VerifyModelBuffer(verifier) || !WideVectorsAreAligned(bytes)) return {};
  const auto model = wire::UnPackModel(bytes);
  DropEmptyUnions(*model);
  Dice dice(seed);
  const int changes = dice.Between(1, 4);
  const int in_options = dice.Between(0, changes);
  Mutator mutator(*model, dice);
  for (int i = in_options; i < changes; ++i) mutator.Mutate();

  flatbuffers::FlatBufferBuilder fbb;
  fbb.ForceDefaults(true);  // so that every number in the options has a place that can be changed
  wire::FinishModelBuffer(fbb, wire::Model::Pack(fbb, model.get()));
  for (int i = 0; i < in_options; ++i) MutateAnyOptions(fbb.GetBufferPointer(), dice);
  return {fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()};
}

}  // namespace tfld::test
