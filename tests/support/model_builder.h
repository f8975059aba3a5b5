// ModelBuilder: makes the bytes of .tflite models in tests, right ones and wrong ones.
//
//   ModelBuilder builder;
//   const int x = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 4}, .name = "x"});
//   const int y = builder.AddTensor({.type = wire::TensorType_FLOAT32, .shape = {1, 4}, .name = "y"});
//   builder.AddOperator({.op = wire::BuiltinOperator_RELU, .inputs = {x}, .outputs = {y}});
//   std::vector<std::byte> bytes = builder.Finish({x}, {y});
#pragma once

#include <tflite_generated.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tfld::test {

namespace wire = ::tfld::wire;

struct TensorSpec {
  wire::TensorType type = wire::TensorType_FLOAT32;
  std::vector<std::int32_t> shape{};
  std::string name{};
  std::vector<float> scales{};  // empty: not quantized
  std::vector<std::int64_t> zero_points{};
  int axis = 0;
  int block_size = 0;     // above 0: blockwise instead
  int block_scales = -1;  // the tensor of the blocks' scales
  std::vector<std::int32_t> shape_signature{};
  bool is_variable = false;
  // Made with the builder's fbb() before the tensor is added.
  flatbuffers::Offset<wire::SparsityParameters> sparsity{};
};

struct OperatorSpec {
  wire::BuiltinOperator op = wire::BuiltinOperator_ADD;
  std::vector<std::int32_t> inputs{};
  std::vector<std::int32_t> outputs{};
  // Made with the builder's fbb() before AddOperator: wire::CreateSoftmaxOptions(builder.fbb(), 1.0F).Union()
  wire::BuiltinOptions options_type = wire::BuiltinOptions_NONE;
  flatbuffers::Offset<void> options{};
  wire::BuiltinOptions2 options2_type = wire::BuiltinOptions2_NONE;
  flatbuffers::Offset<void> options2{};
  int version = 1;
  std::string custom_code{};
  std::vector<std::uint8_t> custom_options{};
};

class ModelBuilder {
 public:
  ModelBuilder();

  flatbuffers::FlatBufferBuilder& fbb() { return fbb_; }

  // Each returns the index of the tensor, in the current graph.
  int AddTensor(const TensorSpec& spec);
  int AddConstant(const TensorSpec& spec, std::span<const std::byte> data);
  template <typename T>
  int AddConstant(const TensorSpec& spec, const std::vector<T>& values) {
    return AddConstant(spec, std::as_bytes(std::span(values)));
  }

  // A constant whose bytes lie at an offset of the file, behind the FlatBuffer.
  int AddOutsideConstant(const TensorSpec& spec, std::uint64_t offset, std::uint64_t size);

  // Returns the index of the node.
  int AddOperator(const OperatorSpec& spec);

  // Ends the current graph; what is added then belongs to the next one.
  void EndGraph(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs,
                const std::string& name = "main");

  // Names for tensors of a graph.
  using Names = std::vector<std::pair<std::string, std::uint32_t>>;
  void AddSignature(const std::string& key, const Names& inputs, const Names& outputs, std::uint32_t graph = 0);
  void AddMetadata(const std::string& name, std::span<const std::byte> data);

  // The bytes of the model. The first form ends the current graph too.
  std::vector<std::byte> Finish(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs);
  std::vector<std::byte> Finish();

 private:
  std::uint32_t AddBuffer(std::span<const std::byte> data);
  std::uint32_t AddOperatorCode(const OperatorSpec& spec);
  int AddTensorWithBuffer(const TensorSpec& spec, std::uint32_t buffer);

  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<flatbuffers::Offset<wire::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<wire::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<wire::Tensor>> tensors_;      // of the current graph
  std::vector<flatbuffers::Offset<wire::Operator>> operators_;  // of the current graph
  std::vector<flatbuffers::Offset<wire::SubGraph>> graphs_;
  std::vector<flatbuffers::Offset<wire::SignatureDef>> signatures_;
  std::vector<flatbuffers::Offset<wire::Metadata>> metadata_;
};

}  // namespace tfld::test
