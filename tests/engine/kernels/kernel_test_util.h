// TestNode: one operator with its tensors, inferred, prepared and run by its portable kernel on buffers of exact size.
//
//   TestNode node(OpCode::kAdd);
//   node.Input<float>({2}, {1, 2}).Input<float>({2}, {3, 4}).Output(ElementType::kFloat32);
//   ASSERT_TRUE(node.Run().ok());
//   EXPECT_THAT(node.Result<float>(), ElementsAre(4, 6));
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/kernels/op_context.h"
#include "engine/kernels/operator.h"
#include "engine/kernels/session_services.h"

namespace tfld::engine {

inline Quantization Quantized(float scale, std::int32_t zero_point) {
  Quantization quantization;
  quantization.scales = {scale};
  quantization.zero_points = {zero_point};
  return quantization;
}

// Per channel, symmetric.
inline Quantization QuantizedChannels(std::vector<float> scales, int axis) {
  Quantization quantization;
  quantization.zero_points.assign(scales.size(), 0);
  quantization.scales = std::move(scales);
  quantization.axis = axis;
  return quantization;
}

// Variables and subgraphs for the operators that need them.
class TestServices final : public SessionServices {
 public:
  ResourceVariable* FindResource(std::int32_t handle) override { return handle == 0 ? &variable : nullptr; }
  Status RunOnce(int graph_index) override {
    graphs_run.push_back(graph_index);
    return {};
  }

  HashTable* FindTable(std::int32_t handle) override { return handle == 0 ? &table : nullptr; }
  // There are no graphs and no dynamic tensors.
  Status RunGraph(int /*graph_index*/) override { return Internal("no graph"); }
  std::span<const std::int32_t> InputSlots(int /*graph_index*/) const override { return {}; }
  std::span<const std::int32_t> OutputSlots(int /*graph_index*/) const override { return {}; }
  const std::byte* SlotData(std::int32_t /*slot*/) const override { return nullptr; }
  Status ResizeSlot(std::int32_t /*slot*/, const Shape& /*shape*/, std::size_t /*bytes*/) override {
    return Internal("no dynamic tensor");
  }
  Status CopySlot(std::int32_t /*from*/, std::int32_t /*to*/) override { return Internal("no dynamic tensor"); }

  ResourceVariable variable;
  HashTable table;
  std::vector<int> graphs_run;
};

class TestNode {
 public:
  explicit TestNode(OpCode op, Attributes attributes = {}, int version = 1) {
    Node node;
    node.op = op;
    node.version = version;
    node.attributes = std::move(attributes);
    graph_.nodes.push_back(std::move(node));
  }

  template <typename T>
  TestNode& Input(const Shape& shape, const std::vector<T>& elements, const Quantization& quantization = {}) {
    return AddInput(kElementTypeOf<T>, shape, Bytes(elements), quantization, false);
  }
  template <typename T>
  TestNode& Constant(const Shape& shape, const std::vector<T>& elements, const Quantization& quantization = {}) {
    return AddInput(kElementTypeOf<T>, shape, Bytes(elements), quantization, true);
  }
  TestNode& AddInput(ElementType type, const Shape& shape, std::vector<std::byte> bytes,
                     const Quantization& quantization, bool is_constant) {
    buffers_[static_cast<ValueId>(graph_.values.size())] = std::move(bytes);
    graph_.nodes[0].inputs.push_back(AddValue(type, shape, quantization));
    Value& value = graph_.values.back();
    value.is_constant = is_constant;
    if (is_constant) value.data = buffers_[graph_.nodes[0].inputs.back()];
    return *this;
  }
  TestNode& NoInput() {
    graph_.nodes[0].inputs.push_back(kNoValue);
    return *this;
  }
  // The declared shape counts only for operators that keep it.
  TestNode& Output(ElementType type, const Quantization& quantization = {}, const Shape& declared = {}) {
    graph_.nodes[0].outputs.push_back(AddValue(type, declared, quantization));
    return *this;
  }

  // New elements for an input, of the type and number that it has.
  template <typename T>
  TestNode& SetInput(int index, const std::vector<T>& elements) {
    buffers_[graph_.nodes[0].inputs[static_cast<std::size_t>(index)]] = Bytes(elements);
    return *this;
  }
  // Where the node finds the other graphs of its program.
  TestNode& Calls(GraphCaller* caller) {
    caller_ = caller;
    return *this;
  }

  Status Infer() {
    TFLD_ASSIGN_OR_RETURN(definition_, ResolveOperator(graph_, 0));
    InferContext context(graph_, 0, caller_);
    return definition_->infer(context);
  }

  // Infers, prepares and runs. What the kernel remembers stays from one run to the next.
  Status Run(SessionServices* services = nullptr) {
    TFLD_RETURN_IF_ERROR(Infer());
    PrepareContext context(graph_, 0, /*threads=*/1, caller_);
    TFLD_RETURN_IF_ERROR(definition_->prepare(context));
    if (!context.emitted()) return Internal("no kernel was emitted");
    const std::unique_ptr<Kernel> kernel = context.TakeKernel();
    kernel_name_ = kernel->name();

    std::vector<void*> memory;
    std::vector<std::int32_t> slots;
    const auto add = [&](void* pointer) {
      slots.push_back(pointer == nullptr ? -1 : static_cast<std::int32_t>(memory.size()));
      memory.push_back(pointer);
    };
    for (const ValueId id : graph_.nodes[0].inputs) add(id == kNoValue ? nullptr : BufferOf(id));
    for (const ValueId id : graph_.nodes[0].outputs) {
      buffers_[id].assign(graph_.value(id).byte_size(), std::byte{0xAA});
      add(BufferOf(id));
    }
    std::vector<std::vector<std::byte>> scratch;
    for (const std::size_t bytes : context.scratch()) add(scratch.emplace_back(bytes + 1).data());

    RunContext run;
    run.buffers = memory.data();
    run.slots = slots.data();
    run.num_inputs = static_cast<int>(graph_.nodes[0].inputs.size());
    run.num_outputs = static_cast<int>(graph_.nodes[0].outputs.size());
    run.services = services;
    if (state_ == nullptr) {
      TFLD_ASSIGN_OR_RETURN(state_, kernel->NewState());
    }
    run.state = state_.get();
    return kernel->Run(run);
  }

  template <typename T>
  std::vector<T> Result(int index = 0) const {
    const std::vector<std::byte>& bytes = buffers_.at(graph_.nodes[0].outputs[static_cast<std::size_t>(index)]);
    std::vector<T> elements;
    for (std::size_t i = 0; i + sizeof(T) <= bytes.size(); i += sizeof(T)) {
      T element;
      std::memcpy(&element, bytes.data() + i, sizeof(T));
      elements.push_back(element);
    }
    return elements;
  }
  const Shape& ResultShape(int index = 0) const {
    return graph_.value(graph_.nodes[0].outputs[static_cast<std::size_t>(index)]).shape;
  }
  std::string_view kernel_name() const { return kernel_name_; }
  Graph& graph() { return graph_; }
  KernelState* state() { return state_.get(); }  // null before the first run, or when the kernel has none

 private:
  template <typename T>
  static std::vector<std::byte> Bytes(const std::vector<T>& elements) {
    std::vector<std::byte> bytes;
    for (const T element : elements) {  // one by one: a vector of bool has no array
      const auto* first = reinterpret_cast<const std::byte*>(&element);
      bytes.insert(bytes.end(), first, first + sizeof(T));
    }
    return bytes;
  }

  ValueId AddValue(ElementType type, const Shape& shape, const Quantization& quantization) {
    Value value;
    value.type = type;
    value.shape = shape;
    value.quantization = std::make_shared<const Quantization>(quantization);
    graph_.values.push_back(std::move(value));
    return static_cast<ValueId>(graph_.values.size()) - 1;
  }

  // Not null even for a tensor without elements.
  void* BufferOf(ValueId id) {
    std::vector<std::byte>& bytes = buffers_[id];
    return bytes.empty() ? static_cast<void*>(&empty_) : bytes.data();
  }

  Graph graph_;
  std::map<ValueId, std::vector<std::byte>> buffers_;
  const Operator* definition_ = nullptr;
  std::string_view kernel_name_;
  GraphCaller* caller_ = nullptr;
  std::shared_ptr<KernelState> state_;
  std::uint64_t empty_ = 0;
};

}  // namespace tfld::engine
