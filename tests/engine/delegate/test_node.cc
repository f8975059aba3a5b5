#include "tests/engine/delegate/test_node.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "engine/kernels/op_context.h"
#include "engine/kernels/operator.h"

namespace tfld::engine {
namespace {

constexpr int kSmall = 1000;

template <typename T>
std::span<const T> As(const Bytes& bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

template <typename T>
double MaxDifference(const Bytes& a, const Bytes& b) {
  double difference = 0;
  for (std::size_t i = 0; i < As<T>(a).size(); ++i) {
    const double here = std::abs(static_cast<double>(As<T>(a)[i]) - static_cast<double>(As<T>(b)[i]));
    difference = std::isnan(here) ? HUGE_VAL : std::max(difference, here);
  }
  return difference;
}

}  // namespace

int Draw(std::mt19937& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

TestNode::TestNode(OpCode op, Attributes attributes, std::mt19937& random) : random_(random) {
  graph_.nodes.emplace_back();
  graph_.nodes[0].op = op;
  graph_.nodes[0].attributes = std::move(attributes);
}

ValueId TestNode::AddValue(ElementType type, const Shape& shape, const Quantization& quantization) {
  Value value;
  value.type = type;
  value.shape = shape;
  value.quantization = std::make_shared<const Quantization>(quantization);
  graph_.values.push_back(std::move(value));
  return static_cast<ValueId>(graph_.values.size() - 1);
}

Bytes TestNode::RandomBytes(ElementType type, const Shape& shape) {
  const auto count = static_cast<std::size_t>(shape.NumElements());
  Bytes bytes(ByteSize(type, shape.NumElements()));
  if (type == ElementType::kFloat32) {
    std::uniform_real_distribution<float> real(-1.0F, 1.0F);
    for (std::size_t i = 0; i < count; ++i) reinterpret_cast<float*>(bytes.data())[i] = real(random_);
  } else if (type == ElementType::kInt32) {
    for (std::size_t i = 0; i < count; ++i) {
      reinterpret_cast<std::int32_t*>(bytes.data())[i] = Draw(random_, -kSmall, kSmall);
    }
  } else {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_() & 0xFFU);
  }
  return bytes;
}

void TestNode::AddInput(ElementType type, const Shape& shape, const Quantization& quantization) {
  graph_.nodes[0].inputs.push_back(AddValue(type, shape, quantization));
  input_data_.push_back(RandomBytes(type, shape));
}

void TestNode::AddConstant(ElementType type, const Shape& shape, const Quantization& quantization) {
  const ValueId id = AddValue(type, shape, quantization);
  constants_.push_back(RandomBytes(type, shape));
  if (type == ElementType::kInt8) std::ranges::replace(constants_.back(), std::byte{0x80}, std::byte{0x81});
  graph_.value(id).data = constants_.back();
  graph_.value(id).is_constant = true;
  graph_.nodes[0].inputs.push_back(id);
  input_data_.emplace_back();
}

void TestNode::AddInts(const Shape& shape, const std::vector<std::int32_t>& elements) {
  AddConstant(ElementType::kInt32, shape);
  if (!elements.empty()) std::memcpy(constants_.back().data(), elements.data(), constants_.back().size());
}

void TestNode::AddAbsent() {
  graph_.nodes[0].inputs.push_back(kNoValue);
  input_data_.emplace_back();
}

void TestNode::AddOutput(ElementType type, const Quantization& quantization) {
  graph_.nodes[0].outputs.push_back(AddValue(type, Shape{}, quantization));
}

Status TestNode::Infer() {
  const Operator* definition = FindOperator(graph_.nodes[0]);
  if (definition == nullptr) return Unimplemented("no such operator");
  InferContext context(graph_, 0);
  return definition->infer(context);
}

Result<PreparedNode> PrepareReference(TestNode& node) {
  PrepareContext context(node.graph(), 0, 1);
  TFLD_RETURN_IF_ERROR(FindOperator(node.graph().nodes[0])->prepare(context));
  return PreparedNode{context.TakeKernel(), {context.scratch().begin(), context.scratch().end()}};
}

Result<PreparedNode> PrepareWith(Delegate& delegate, TestNode& node, int threads, std::size_t max_bytes) {
  PrepareContext context(node.graph(), 0, threads, /*caller=*/nullptr, max_bytes);
  TFLD_RETURN_IF_ERROR(delegate.Prepare(context));
  return PreparedNode{context.TakeKernel(), {context.scratch().begin(), context.scratch().end()}};
}

struct TestSession::Buffer {
  explicit Buffer(std::size_t size) : bytes(size) {
    const std::size_t total = (size + kBufferSlack + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
    memory.reset(std::aligned_alloc(kBufferAlignment, total));
    std::memset(memory.get(), 0x55, total);
  }
  std::size_t bytes;
  std::unique_ptr<void, decltype(&std::free)> memory{nullptr, &std::free};
};

std::shared_ptr<TestSession::Buffer> TestSession::NewBuffer(std::size_t bytes) const {
  return std::make_shared<Buffer>(bytes);
}

TestSession::TestSession(TestNode& node, const PreparedNode& prepared, ThreadPool* pool)
    : node_(node), prepared_(prepared), pool_(pool), state_(std::move(prepared.kernel->NewState()).value()) {
  const Node& only = node.graph().nodes[0];
  const auto add = [&](std::size_t bytes) {
    slots_.push_back(static_cast<std::int32_t>(buffers_.size()));
    buffers_.push_back(NewBuffer(bytes));
  };
  for (std::size_t i = 0; i < only.inputs.size(); ++i) {
    if (only.inputs[i] == kNoValue) {
      slots_.push_back(-1);
      continue;
    }
    const Value& value = node.graph().value(only.inputs[i]);
    add(value.byte_size());
    const void* data = value.is_constant ? static_cast<const void*>(value.data.data()) : node.input_data()[i].data();
    if (value.byte_size() > 0) std::memcpy(buffers_.back()->memory.get(), data, value.byte_size());
  }
  for (const ValueId id : only.outputs) add(node.graph().value(id).byte_size());
  for (const std::size_t bytes : prepared.scratch) add(bytes);
}

void TestSession::MoveBuffers() {
  for (auto& buffer : buffers_) {
    auto moved = NewBuffer(buffer->bytes);
    std::memcpy(moved->memory.get(), buffer->memory.get(), buffer->bytes);
    buffer = std::move(moved);
  }
}

Result<Bytes> TestSession::Run() {
  const Node& only = node_.graph().nodes[0];
  std::vector<void*> pointers;
  for (const auto& buffer : buffers_) pointers.push_back(buffer->memory.get());
  RunContext run;
  run.buffers = pointers.data();
  run.slots = slots_.data();
  run.num_inputs = static_cast<int>(only.inputs.size());
  run.num_outputs = static_cast<int>(only.outputs.size());
  run.pool = pool_;
  run.state = state_.get();
  TFLD_RETURN_IF_ERROR(prepared_.kernel->Run(run));
  Bytes result(node_.output().byte_size());
  if (!result.empty()) std::memcpy(result.data(), run.Output<void>(0), result.size());
  return result;
}

double Difference(ElementType type, const Bytes& reference, const Bytes& result) {
  if (reference.size() != result.size()) return HUGE_VAL;
  switch (type) {
    case ElementType::kInt8: return MaxDifference<std::int8_t>(reference, result);
    case ElementType::kUInt8: return MaxDifference<std::uint8_t>(reference, result);
    case ElementType::kFloat32: {
      float largest = 1e-3F;
      for (const float value : As<float>(reference)) largest = std::max(largest, std::abs(value));
      return MaxDifference<float>(reference, result) / static_cast<double>(largest);
    }
    default: return reference == result ? 0 : HUGE_VAL;
  }
}

}  // namespace tfld::engine
