// A graph of one node, made by hand with random data, and what it takes to run it on the portable kernel and on a
// delegate.
#pragma once

#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "engine/delegate/delegate.h"
#include "engine/graph/graph.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/thread_pool.h"

namespace tfld::engine {

using Bytes = std::vector<std::byte>;

// A uniformly distributed whole number of [low, high].
int Draw(std::mt19937& random, int low, int high);

class TestNode {
 public:
  TestNode(OpCode op, Attributes attributes, std::mt19937& random);

  // Inputs in the node's order. Random elements: floats in [-1, 1], integers over the type's whole range, int32 small.
  void AddInput(ElementType type, const Shape& shape, const Quantization& quantization = {});
  void AddConstant(ElementType type, const Shape& shape, const Quantization& quantization = {});
  void AddInts(const Shape& shape, const std::vector<std::int32_t>& elements);
  void AddAbsent();
  void AddOutput(ElementType type, const Quantization& quantization = {});

  // Computes the output's shape.
  Status Infer();
  void SetOutputShape(const Shape& shape) { graph_.value(graph_.nodes[0].outputs[0]).shape = shape; }

  Graph& graph() { return graph_; }
  const Value& output() const { return graph_.value(graph_.nodes[0].outputs[0]); }
  // One an input; empty for constants.
  const std::vector<Bytes>& input_data() const { return input_data_; }

 private:
  ValueId AddValue(ElementType type, const Shape& shape, const Quantization& quantization);
  Bytes RandomBytes(ElementType type, const Shape& shape);

  Graph graph_;
  std::mt19937& random_;
  std::vector<Bytes> input_data_;
  std::deque<Bytes> constants_;
};

struct PreparedNode {
  std::unique_ptr<Kernel> kernel;  // null when the provider declined
  std::vector<std::size_t> scratch;
};

Result<PreparedNode> PrepareReference(TestNode& node);
Result<PreparedNode> PrepareWith(Delegate& delegate, TestNode& node, int threads = 1,
                                 std::size_t max_bytes = std::numeric_limits<std::size_t>::max());

// One session: state and buffers of its own.
class TestSession {
 public:
  TestSession(TestNode& node, const PreparedNode& prepared, ThreadPool* pool = nullptr);
  Result<Bytes> Run();
  // Gives every buffer other memory, with the same contents.
  void MoveBuffers();

 private:
  struct Buffer;
  std::shared_ptr<Buffer> NewBuffer(std::size_t bytes) const;

  TestNode& node_;
  const PreparedNode& prepared_;
  ThreadPool* pool_;
  std::unique_ptr<KernelState> state_;
  std::vector<std::shared_ptr<Buffer>> buffers_;
  std::vector<std::int32_t> slots_;
};

// The greatest difference of two outputs: in steps for integers, relative to the largest reference value for floats.
double Difference(ElementType type, const Bytes& reference, const Bytes& result);

}  // namespace tfld::engine
