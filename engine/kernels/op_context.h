// What an operator sees of its node while it is planned: InferContext for shape rules, PrepareContext for preparation.
//
// Both stand over a private copy of the graph, one node at a time, in execution order. Errors name the node. The arity
// was checked against the operator's entry in the registry before any of these functions is called.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "engine/kernels/graph_caller.h"
#include "engine/kernels/kernel.h"

namespace tfld::engine {

class OpContext {
 public:
  OpContext(Graph& graph, int node_index, GraphCaller* caller = nullptr)
      : graph_(graph), node_index_(node_index), caller_(caller) {}

  const Node& node() const { return graph_.nodes[static_cast<std::size_t>(node_index_)]; }
  int node_index() const { return node_index_; }

  int num_inputs() const { return static_cast<int>(node().inputs.size()); }
  int num_outputs() const { return static_cast<int>(node().outputs.size()); }
  // False for an optional input that the model leaves out, also at the end of the list.
  bool HasInput(int index) const {
    return index < num_inputs() && node().inputs[static_cast<std::size_t>(index)] != kNoValue;
  }
  const Value& Input(int index) const { return graph_.value(node().inputs[static_cast<std::size_t>(index)]); }
  const Value& Output(int index) const { return graph_.value(node().outputs[static_cast<std::size_t>(index)]); }

  // The options, or their defaults when the model has none.
  template <typename T>
  const T& attributes() const {
    static const T kDefaults{};
    const T* attributes = std::get_if<T>(&node().attributes);
    return attributes != nullptr ? *attributes : kDefaults;
  }

  // The elements of a constant input; nothing when it is absent, not constant, or not of type T.
  template <typename T>
  std::optional<std::span<const T>> Constant(int index) const {
    if (!HasInput(index)) return std::nullopt;
    const Value& value = Input(index);
    if (!value.is_constant || value.type != kElementTypeOf<T>) return std::nullopt;
    return std::span<const T>(reinterpret_cast<const T*>(value.data.data()), value.data.size() / sizeof(T));
  }
  // The same, widened from int32 or int64 (axes, paddings, shapes); an error that says what must be constant otherwise.
  // Elements outside of int32 are refused.
  Result<std::vector<std::int32_t>> ConstantInts(int index) const;

  // The error to return when the elements of an input must be known here and the input is not constant. At load the
  // node is then left for the run: it is planned again, with those elements, when they have been computed.
  Status NeedsData(int index) const;
  // The inputs that NeedsData named; empty when all is known.
  const std::vector<int>& needed_inputs() const { return needed_inputs_; }

  // Another graph of the program, whose nodes the operator reads instead of running them; null when there is none.
  const Graph* Subgraph(int index) const;

  // INVALID_ARGUMENT (Error) or UNIMPLEMENTED (Unsupported), with the node's index, operator and version before
  // `message`.
  Status Error(std::string_view message) const;
  Status Unsupported(std::string_view message) const;

  // Each an error that names the tensor, what it is and what was expected.
  Status RequireInputType(int index, std::initializer_list<ElementType> types) const;
  Status RequireOutputType(int index, std::initializer_list<ElementType> types) const;
  Status RequireSameType(int input_index, int output_index) const;
  Status RequireInputRank(int index, int min_rank, int max_rank) const;
  // Quantized per tensor, with a finite positive scale.
  Status RequireQuantized(const Value& value) const;

 protected:
  std::string Where() const;

  Graph& graph_;
  int node_index_;
  GraphCaller* caller_;
  mutable std::vector<int> needed_inputs_;
};

// A shape rule computes the shapes of the outputs from the inputs, and checks everything that the shapes depend on.
// The shapes that the model declares are not trusted.
class InferContext : public OpContext {
 public:
  using OpContext::OpContext;

  // Sets the shape after checking its limits.
  Status SetOutputShape(int index, const Shape& shape);
  // For operators that run other graphs: the shape comes out of the run.
  void SetOutputDynamic(int index);

  // Plans a call of another graph. Null outside of a program.
  GraphCaller* caller() { return caller_; }
  // The options, to be replaced by what was planned for them.
  Attributes& mutable_attributes() { return graph_.nodes[static_cast<std::size_t>(node_index_)].attributes; }
};

// Preparation checks types, precomputes all that Run needs, asks for scratch, and emits a kernel. A provider that does
// not take the node returns OK without emitting; then the next provider is asked.
class PrepareContext : public OpContext {
 public:
  PrepareContext(Graph& graph, int node_index, int threads, GraphCaller* caller = nullptr,
                 std::size_t max_bytes = std::numeric_limits<std::size_t>::max())
      : OpContext(graph, node_index, caller), threads_(threads), max_bytes_(max_bytes) {}

  int threads() const { return threads_; }
  // How much a kernel may allocate for itself, beside constants that it packs.
  std::size_t max_bytes() const { return max_bytes_; }

  // Asks for a buffer that lives only during the step; returns its index for RunContext::Scratch.
  int RequestScratch(std::size_t bytes) {
    scratch_.push_back(bytes);
    return static_cast<int>(scratch_.size()) - 1;
  }

  void Emit(std::unique_ptr<Kernel> kernel) { kernel_ = std::move(kernel); }

  // Emits a kernel made of a function `Status run(const RunContext&)`. `name` must outlive the kernel (a literal).
  template <typename Function>
  Status Emit(std::string_view name, Function run) {
    Emit(std::make_unique<FunctionKernel<Function>>(name, std::move(run)));
    return {};
  }

  bool emitted() const { return kernel_ != nullptr; }
  std::unique_ptr<Kernel> TakeKernel() { return std::move(kernel_); }
  std::span<const std::size_t> scratch() const { return scratch_; }

 private:
  template <typename Function>
  class FunctionKernel final : public Kernel {
   public:
    FunctionKernel(std::string_view name, Function run) : name_(name), run_(std::move(run)) {}
    std::string_view name() const override { return name_; }
    Status Run(const RunContext& run) const override { return run_(run); }

   private:
    std::string_view name_;
    Function run_;
  };

  int threads_;
  std::size_t max_bytes_;
  std::vector<std::size_t> scratch_;
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace tfld::engine
