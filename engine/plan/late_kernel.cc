#include "engine/plan/late_kernel.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/aligned_buffer.h"
#include "engine/base/str_cat.h"
#include "engine/graph/callees.h"
#include "engine/kernels/session_services.h"
#include "engine/plan/size_limit.h"
#include "engine/plan/text_mover.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine {
namespace {

// The node alone, in a graph of its own: values are its inputs, then its outputs.
Graph Isolate(const Graph& graph, int node_index) {
  Graph alone;
  Node node = graph.nodes[static_cast<std::size_t>(node_index)];
  const auto take = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) {
      if (id == kNoValue) continue;
      alone.values.push_back(graph.value(id));
      id = static_cast<ValueId>(alone.values.size()) - 1;
    }
  };
  take(node.inputs);
  take(node.outputs);
  take(node.intermediates);
  alone.nodes.push_back(std::move(node));
  return alone;
}

// The graphs that the node reads (what STABLEHLO_SCATTER does to two elements), by their numbers. None can be run, and
// none changes, so that the sessions share them.
class ReadGraphs final : public GraphCaller {
 public:
  ReadGraphs(const Node& node, const GraphCaller& all) {
    for (const int index : Callees(node)) {
      if (const Graph* graph = all.Find(index)) graphs_.emplace(index, *graph);
    }
  }

  const Graph* Find(int graph) const override {
    const auto found = graphs_.find(graph);
    return found == graphs_.end() ? nullptr : &found->second;
  }
  Result<std::vector<Argument>> Infer(int, std::span<const Argument>) override { return NotHere(); }
  Result<int> Plan(int, std::span<const Argument>) override { return NotHere(); }

 private:
  static Status NotHere() { return Internal("a node that is planned at run time calls a graph"); }

  std::map<int, Graph> graphs_;
};

std::size_t ContentBytes(const Value& value, const std::byte* data) {
  return value.type == ElementType::kString ? StringReader(data).bytes() : value.byte_size();
}

class LateState final : public KernelState, private OutputResizer {
 public:
  LateState(const Graph& alone, const Operator& definition, std::shared_ptr<ReadGraphs> read_graphs,
            std::size_t max_bytes)
      : graph_(alone), definition_(definition), read_graphs_(std::move(read_graphs)), max_bytes_(max_bytes) {
    if (TextMover::IsNeededFor(node(), graph_)) text_.emplace(graph_);
    const std::size_t inputs = node().inputs.size();
    is_needed_.resize(inputs);
    elements_.resize(inputs);
    for (std::size_t i = 0; i < inputs; ++i) {
      is_open_.push_back(node().inputs[i] != kNoValue && !Input(i).is_constant && !Input(i).is_variable);
    }
  }

  void Reset() override {
    if (inner_ != nullptr) inner_->Reset();
  }

  Status Run(const RunContext& run) {
    if (kernel_ == nullptr || HasChanged(run)) TFLD_RETURN_IF_ERROR(Prepare(run));
    for (std::size_t i = 0; i < node().outputs.size(); ++i) {
      const Value& output = graph_.value(node().outputs[i]);
      const std::int32_t slot = run.OutputSlot(static_cast<int>(i));
      // Strings get theirs from the kernel, which knows it.
      const bool is_text = text_.has_value() && text_->is_text_output(i);
      if (!is_text && output.type != ElementType::kString)
        TFLD_RETURN_IF_ERROR(run.services->ResizeSlot(slot, output.shape, output.byte_size()));
    }
    // The node's buffers are the session's, its scratch is ours; the kernel reads both through one table.
    RunContext inner = run;
    BindBuffers(run, inner);
    if (!text_.has_value()) return kernel_->Run(inner);
    NumberStrings(run);
    TFLD_RETURN_IF_ERROR(kernel_->Run(inner));
    for (std::size_t i = 0; i < node().outputs.size(); ++i) {
      if (text_->is_text_output(i)) TFLD_RETURN_IF_ERROR(text_->Write(i, *this));
    }
    return {};
  }

 private:
  const Node& node() const { return graph_.nodes[0]; }
  Value& Input(std::size_t index) { return graph_.value(node().inputs[index]); }

  // A planned tensor may share its slot with another of another shape; a dynamic one has its own.
  Shape ShapeNow(const RunContext& run, std::size_t i) {
    return Input(i).is_dynamic ? run.shapes[run.InputSlot(static_cast<int>(i))] : Input(i).shape;
  }

  bool HasChanged(const RunContext& run) {
    for (std::size_t i = 0; i < is_open_.size(); ++i) {
      if (!is_open_[i]) continue;
      if (ShapeNow(run, i) != Input(i).shape) return true;
      if (!is_needed_[i]) continue;
      const auto* data = run.Input<std::byte>(static_cast<int>(i));
      const std::size_t bytes = ContentBytes(Input(i), data);
      if (bytes != elements_[i].size() || (bytes > 0 && std::memcmp(data, elements_[i].data(), bytes) != 0)) {
        return true;
      }
    }
    return false;
  }

  Status Prepare(const RunContext& run) {
    kernel_.reset();
    for (std::size_t i = 0; i < is_open_.size(); ++i) {
      if (!is_open_[i]) continue;
      Input(i).shape = ShapeNow(run, i);
      if (is_needed_[i]) TakeElements(run, i);
    }
    // Each failure that names inputs makes at least one more of them known, so this ends.
    while (true) {
      std::vector<int> needed;
      const Status status = TryPrepare(needed);
      if (status.ok()) return {};
      bool has_new = false;
      for (const int index : needed) {
        const auto i = static_cast<std::size_t>(index);
        if (!is_open_[i] || is_needed_[i]) continue;
        is_needed_[i] = has_new = true;
        TakeElements(run, i);
      }
      if (!has_new) return status;
    }
  }

  void TakeElements(const RunContext& run, std::size_t i) {
    const auto* data = run.Input<std::byte>(static_cast<int>(i));
    elements_[i].assign(data, data + ContentBytes(Input(i), data));
    Input(i).is_constant = true;
    Input(i).data = elements_[i];
  }

  Status TryPrepare(std::vector<int>& needed) {
    InferContext infer(graph_, 0, read_graphs_.get());
    Status status = definition_.infer(infer);
    needed = infer.needed_inputs();
    if (!status.ok()) return status;
    for (const ValueId id : node().outputs) TFLD_RETURN_IF_ERROR(CheckSize(graph_, id, max_bytes_));
    PrepareContext prepare(graph_, 0, /*threads=*/1, read_graphs_.get());
    status = definition_.prepare(prepare);
    needed.insert(needed.end(), prepare.needed_inputs().begin(), prepare.needed_inputs().end());
    if (!status.ok()) return status;
    if (!prepare.emitted()) return prepare.Unsupported("no kernel takes it in this form");
    scratch_.clear();
    for (const std::size_t bytes : prepare.scratch()) {
      if (bytes > max_bytes_) return ResourceExhausted(StrCat("scratch of ", bytes, " bytes"));
      scratch_.push_back(AllocateAligned(bytes));
      if (scratch_.back() == nullptr) return ResourceExhausted(StrCat("no memory for scratch of ", bytes, " bytes"));
    }
    auto kernel = prepare.TakeKernel();
    TFLD_ASSIGN_OR_RETURN(auto inner, kernel->NewState());
    // State that carries over (a recurrent cell, a random generator) stays when only shapes have changed.
    if (inner_ == nullptr) inner_ = std::move(inner);
    kernel_ = std::move(kernel);
    return {};
  }

  void BindBuffers(const RunContext& run, RunContext& inner) {
    const auto count = static_cast<std::size_t>(run.num_inputs + run.num_outputs);
    buffers_.clear();
    slots_.clear();
    for (std::size_t i = 0; i < count + scratch_.size(); ++i) {
      const bool is_absent = i < count && run.slots[i] < 0;
      void* memory = i >= count ? scratch_[i - count].get() : is_absent ? nullptr : run.buffers[run.slots[i]];
      buffers_.push_back(memory);
      slots_.push_back(is_absent ? -1 : static_cast<std::int32_t>(i));
    }
    inner.buffers = buffers_.data();
    inner.slots = slots_.data();
    inner.state = inner_.get();
    inner.shapes = nullptr;
    inner.resizer = this;
    outer_ = &run;
  }

  void NumberStrings(const RunContext& run) {
    text_->Begin();
    for (std::size_t i = 0; i < node().inputs.size(); ++i) {
      if (text_->is_text_input(i)) buffers_[i] = text_->Number(i, run.Input<std::byte>(static_cast<int>(i)));
    }
    for (std::size_t i = 0; i < node().outputs.size(); ++i) {
      if (!text_->is_text_output(i)) continue;
      const std::int64_t count = graph_.value(node().outputs[i]).shape.NumElements();
      buffers_[node().inputs.size() + i] = text_->Reserve(i, count);
    }
  }

  Result<std::byte*> Resize(int output, std::size_t bytes) override {
    const std::int32_t slot = outer_->OutputSlot(output);
    const Shape& shape = graph_.value(node().outputs[static_cast<std::size_t>(output)]).shape;
    TFLD_RETURN_IF_ERROR(outer_->services->ResizeSlot(slot, shape, bytes));
    auto* memory = static_cast<std::byte*>(outer_->buffers[slot]);
    buffers_[static_cast<std::size_t>(outer_->num_inputs + output)] = memory;
    return memory;
  }

  Graph graph_;
  const Operator& definition_;
  const std::shared_ptr<ReadGraphs> read_graphs_;
  const std::size_t max_bytes_;
  std::optional<TextMover> text_;
  std::vector<bool> is_open_;    // by input: neither absent nor constant nor a variable
  std::vector<bool> is_needed_;  // by input: the operator asked for its elements
  std::vector<std::vector<std::byte>> elements_;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<KernelState> inner_;
  std::vector<AlignedBuffer> scratch_;
  const RunContext* outer_ = nullptr;  // while it runs
  std::vector<void*> buffers_;
  std::vector<std::int32_t> slots_;
};

class LateKernel final : public Kernel {
 public:
  LateKernel(Graph alone, const Operator& definition, const GraphCaller& caller, std::size_t max_bytes)
      : graph_(std::move(alone)),
        definition_(definition),
        read_graphs_(std::make_shared<ReadGraphs>(graph_.nodes[0], caller)),
        max_bytes_(max_bytes) {
    name_ = StrCat("late.", graph_.nodes[0].op_name());
    std::ranges::transform(name_, name_.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }

  std::string_view name() const override { return name_; }
  Result<std::unique_ptr<KernelState>> NewState() const override {
    return std::unique_ptr<KernelState>(std::make_unique<LateState>(graph_, definition_, read_graphs_, max_bytes_));
  }
  Status Run(const RunContext& run) const override { return static_cast<LateState*>(run.state)->Run(run); }

 private:
  Graph graph_;
  const Operator& definition_;
  std::shared_ptr<ReadGraphs> read_graphs_;
  std::size_t max_bytes_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Kernel> MakeLateKernel(const Graph& graph, int node_index, const Operator& definition,
                                       const GraphCaller& caller, std::size_t max_bytes) {
  return std::make_unique<LateKernel>(Isolate(graph, node_index), definition, caller, max_bytes);
}

}  // namespace tfld::engine
