#include "engine/model/subgraph_importer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"
#include "engine/model/attributes_importer.h"
#include "engine/model/buffers.h"
#include "engine/model/quantization_importer.h"
#include "engine/model/sparsity_importer.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine {
namespace {

class SubGraphImporter {
 public:
  SubGraphImporter(const ImportSource& source, int index, std::vector<std::shared_ptr<const void>>& storage)
      : source_(source), subgraph_(*source.model.subgraphs()->Get(static_cast<unsigned>(index))), storage_(storage) {}

  Result<Graph> Run() {
    if (subgraph_.name() != nullptr) graph_.name = subgraph_.name()->str();
    if (subgraph_.tensors() != nullptr) {
      for (const wire::Tensor* tensor : *subgraph_.tensors()) TFLD_RETURN_IF_ERROR(ImportTensor(*tensor));
    }
    if (subgraph_.operators() != nullptr) {
      for (const wire::Operator* node : *subgraph_.operators()) TFLD_RETURN_IF_ERROR(ImportNode(*node));
    }
    TFLD_ASSIGN_OR_RETURN(graph_.inputs, ImportIds(subgraph_.inputs(), "input", /*may_be_absent=*/false));
    TFLD_ASSIGN_OR_RETURN(graph_.outputs, ImportIds(subgraph_.outputs(), "output", /*may_be_absent=*/false));
    return std::move(graph_);
  }

 private:
  Status ImportTensor(const wire::Tensor& tensor) {
    Value value;
    if (tensor.name() != nullptr) value.name = tensor.name()->str();
    if (const Status status = FillValue(tensor, value); !status.ok()) {
      return status.WithContext(StrCat("tensor ", graph_.values.size(),
                                       value.name.empty() ? "" : StrCat(" (", value.name, ")"), " at offset ",
                                       OffsetOf(&tensor)));
    }
    graph_.values.push_back(std::move(value));
    return {};
  }

  Status FillValue(const wire::Tensor& tensor, Value& value) {
    if (tensor.type() < wire::TensorType_MIN || tensor.type() > wire::TensorType_MAX) {
      return InvalidArgument(StrCat("type ", static_cast<int>(tensor.type()), " does not exist"));
    }
    value.type = static_cast<ElementType>(tensor.type());
    TFLD_RETURN_IF_ERROR(FillShape(tensor, value));
    TFLD_ASSIGN_OR_RETURN(value.quantization, ImportQuantization(tensor.quantization(), value.type, value.shape));
    TFLD_RETURN_IF_ERROR(FillBlocks(tensor.quantization(), value));
    value.is_variable = tensor.is_variable();
    TFLD_ASSIGN_OR_RETURN(value.sparsity, ImportSparsity(tensor.sparsity(), value.shape));
    return FillData(tensor, value);
  }

  // The scales of blocks lie in another tensor. TensorFlow Lite reads them as float16, and no zero points.
  Status FillBlocks(const wire::QuantizationParameters* parameters, Value& value) const {
    const auto* blocks = parameters == nullptr ? nullptr : parameters->details_as_BlockwiseQuantization();
    if (blocks == nullptr || !IsInteger(value.type)) return {};
    const std::int32_t scales = blocks->scales();
    if (scales < 0 || static_cast<std::uint32_t>(scales) >= subgraph_.tensors()->size()) {
      return InvalidArgument(StrCat("the scales of its blocks are tensor ", scales, ", which does not exist"));
    }
    const wire::Tensor& tensor = *subgraph_.tensors()->Get(static_cast<unsigned>(scales));
    const auto* buffers = source_.model.buffers();
    if (blocks->block_size() < 1 || tensor.type() != wire::TensorType_FLOAT16 || buffers == nullptr ||
        tensor.buffer() >= buffers->size()) {
      return InvalidArgument(StrCat("has blocks of ", blocks->block_size(), " with scales of type ",
                                    ElementTypeName(static_cast<ElementType>(tensor.type())),
                                    "; expected constant float16 and blocks from 1"));
    }
    TFLD_ASSIGN_OR_RETURN(const auto data, BufferBytes(*buffers->Get(tensor.buffer()), source_.file));
    auto quantization = std::make_shared<Quantization>();
    quantization->block_size = blocks->block_size();
    quantization->block_scales.resize(data.size() / sizeof(std::uint16_t));
    if (!quantization->block_scales.empty()) {
      std::memcpy(quantization->block_scales.data(), data.data(),
                  quantization->block_scales.size() * sizeof(std::uint16_t));
    }
    value.quantization = std::move(quantization);
    return {};
  }

  static Status FillShape(const wire::Tensor& tensor, Value& value) {
    if (tensor.shape_signature() != nullptr) {
      value.shape_signature.assign(tensor.shape_signature()->begin(), tensor.shape_signature()->end());
      if (std::ranges::none_of(value.shape_signature, [](std::int32_t size) { return size < 0; }))
        value.shape_signature.clear();
    }
    if (tensor.shape() == nullptr) return {};
    TFLD_ASSIGN_OR_RETURN(value.shape, Shape::Make({tensor.shape()->data(), tensor.shape()->size()}));
    return {};
  }

  Status FillData(const wire::Tensor& tensor, Value& value) {
    const auto* buffers = source_.model.buffers();
    const std::uint32_t count = buffers == nullptr ? 0 : buffers->size();
    if (tensor.buffer() >= std::max(count, 1U)) {
      return InvalidArgument(StrCat("buffer ", tensor.buffer(), " does not exist, there are ", count));
    }
    std::span<const std::byte> data;
    if (tensor.buffer() != 0) {
      TFLD_ASSIGN_OR_RETURN(data, BufferBytes(*buffers->Get(tensor.buffer()), source_.file));
    }
    const bool is_sparse_zero = value.sparsity != nullptr && value.sparsity->stored == 0 && tensor.buffer() != 0;
    if (data.empty() && !is_sparse_zero) {
      value.sparsity = nullptr;  // says how constant data is stored
      return {};
    }
    if (value.is_variable) return InvalidArgument("a variable has constant data");
    value.is_constant = true;
    if (value.type == ElementType::kBool) data = Booleans(data, storage_);
    value.data =
        Aligned(data, std::max<std::size_t>(static_cast<std::size_t>(ElementBits(value.type)) / 8, 1), storage_);
    if (value.sparsity != nullptr) return CheckSparseData(value);
    if (value.type == ElementType::kString) return CheckStringTensor(value.data, value.shape.NumElements());
    const bool fixed_size = ElementBits(value.type) > 0;
    if (fixed_size && value.data.size() != value.byte_size()) {
      return InvalidArgument(StrCat("has ", value.data.size(), " bytes of data; ", ElementTypeName(value.type), " ",
                                    value.shape.ToString(), " needs ", value.byte_size()));
    }
    return {};
  }

  static Status CheckSparseData(const Value& value) {
    if (ElementBits(value.type) < 8) {
      return InvalidArgument(StrCat("has a sparse encoding, which ", ElementTypeName(value.type), " cannot have"));
    }
    const std::size_t expected = ByteSize(value.type, value.sparsity->stored);
    if (value.data.size() == expected) return {};
    return InvalidArgument(StrCat("has ", value.data.size(), " bytes of data; its sparse encoding needs ", expected));
  }

  Status ImportNode(const wire::Operator& wire_node) {
    Node node;
    Status status = FillOperator(wire_node, node);
    if (status.ok()) status = FillNode(wire_node, node);
    if (!status.ok()) {
      return status.WithContext(StrCat("node ", graph_.nodes.size(),
                                       node.op_name().empty() ? "" : StrCat(" (", node.op_name(), ")"), " at offset ",
                                       OffsetOf(&wire_node)));
    }
    graph_.nodes.push_back(std::move(node));
    return {};
  }

  Status FillOperator(const wire::Operator& wire_node, Node& node) const {
    const auto* codes = source_.model.operator_codes();
    if (codes == nullptr || wire_node.opcode_index() >= codes->size()) {
      return InvalidArgument(StrCat("operator code ", wire_node.opcode_index(), " does not exist"));
    }
    const wire::OperatorCode& code = *codes->Get(wire_node.opcode_index());
    // Models of before 2020 have only the narrow field; newer ones have a placeholder there for codes above 126.
    const std::int32_t number = std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code());
    if (number < 0 || number >= kOpCodeCount)
      return InvalidArgument(StrCat("builtin operator ", number, " does not exist"));
    node.op = static_cast<OpCode>(number);
    node.version = code.version();
    if (node.op != OpCode::kCustom) return {};
    if (code.custom_code() == nullptr || code.custom_code()->size() == 0) {
      return InvalidArgument("a custom operator has no name");
    }
    node.custom_name = code.custom_code()->str();
    return {};
  }

  Status FillNode(const wire::Operator& wire_node, Node& node) {
    TFLD_ASSIGN_OR_RETURN(node.inputs, ImportIds(wire_node.inputs(), "input", /*may_be_absent=*/true));
    TFLD_ASSIGN_OR_RETURN(node.outputs, ImportIds(wire_node.outputs(), "output", /*may_be_absent=*/false));
    TFLD_ASSIGN_OR_RETURN(node.intermediates,
                          ImportIds(wire_node.intermediates(), "intermediate tensor", /*may_be_absent=*/true));
    TFLD_ASSIGN_OR_RETURN(node.attributes, ImportAttributes(wire_node, node.op));
    if (const auto* options = wire_node.custom_options(); options != nullptr) {
      node.custom_options = {reinterpret_cast<const std::byte*>(options->data()), options->size()};
    }
    return {};
  }

  Result<std::vector<ValueId>> ImportIds(const flatbuffers::Vector<std::int32_t>* wire_ids, std::string_view what,
                                         bool may_be_absent) const {
    std::vector<ValueId> ids;
    if (wire_ids == nullptr) return ids;
    for (const std::int32_t id : *wire_ids) {
      const bool absent = id == kNoValue && may_be_absent;
      if (!absent && (id < 0 || static_cast<std::size_t>(id) >= graph_.values.size())) {
        return InvalidArgument(StrCat(what, " ", ids.size(), " is tensor ", id, ", which does not exist"));
      }
      ids.push_back(id);
    }
    return ids;
  }

  std::ptrdiff_t OffsetOf(const void* table) const {
    return static_cast<const std::byte*>(table) - source_.file.data();
  }

  const ImportSource& source_;
  const wire::SubGraph& subgraph_;
  std::vector<std::shared_ptr<const void>>& storage_;
  Graph graph_;
};

}  // namespace

Result<Graph> ImportSubGraph(const ImportSource& source, int index, std::vector<std::shared_ptr<const void>>& storage) {
  return SubGraphImporter(source, index, storage).Run();
}

}  // namespace tfld::engine
