#include "engine/delegate/xnnpack/operator_kernel.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/delegate/xnnpack/interruptible_tasks.h"
#include "engine/delegate/xnnpack/library.h"
#include "engine/kernels/thread_pool.h"

namespace tfld::engine::xnnpack {
namespace {

// The operators of one session, and the buffers at which they point.
class OperatorState final : public KernelState {
 public:
  std::vector<UniqueOperator> operators;
  pthreadpool_t pool = nullptr;  // for which the operators are shaped
  Buffers buffers;
  bool is_set_up = false;
};

xnn_status MakeOperator(const Stage& stage, xnn_weights_cache_t weights, UniqueOperator& made) {
  const std::lock_guard lock(CreationMutex());
  xnn_operator_t op = nullptr;
  const xnn_status status = stage.create(weights, &op);
  made.reset(op);
  return status;
}

// Gives all operators their shapes, and divides their work among the threads of `pool`. Says how much workspace they
// need.
xnn_status Shape(const Recipe& recipe, pthreadpool_t pool, OperatorState& state, std::size_t& workspace_bytes) {
  workspace_bytes = 0;
  for (std::size_t i = 0; i < state.operators.size(); ++i) {
    Workspace workspace;
    const xnn_status status = recipe.stages[i].reshape(state.operators[i].get(), &workspace, pool);
    if (status != xnn_status_success) return status;
    if (workspace.alignment > kBufferAlignment) return xnn_status_unsupported_parameter;
    workspace_bytes = std::max(workspace_bytes, workspace.bytes);
  }
  state.pool = pool;
  state.is_set_up = false;
  return xnn_status_success;
}

// A state that is shaped for one thread.
xnn_status MakeState(const Recipe& recipe, OperatorState& state, std::size_t& workspace_bytes) {
  const xnn_weights_cache_t weights = recipe.weights == nullptr ? nullptr : recipe.weights->provider();
  for (const Stage& stage : recipe.stages) {
    const xnn_status status = MakeOperator(stage, weights, state.operators.emplace_back());
    if (status != xnn_status_success) return status;
  }
  return Shape(recipe, nullptr, state, workspace_bytes);
}

class OperatorKernel final : public Kernel {
 public:
  OperatorKernel(Recipe recipe, int workspace, std::size_t workspace_bytes, std::unique_ptr<OperatorState> prototype)
      : recipe_(std::move(recipe)),
        workspace_(workspace),
        workspace_bytes_(workspace_bytes),
        prototype_(std::move(prototype)) {}

  std::string_view name() const override { return recipe_.name; }

  Result<std::unique_ptr<KernelState>> NewState() const override {
    if (std::unique_ptr<KernelState> prototype = TakePrototype()) return prototype;
    auto state = std::make_unique<OperatorState>();
    std::size_t workspace_bytes = 0;
    const xnn_status status = MakeState(recipe_, *state, workspace_bytes);
    if (status != xnn_status_success) return ToStatus(status, StrCat("make ", recipe_.name));
    return std::unique_ptr<KernelState>(std::move(state));
  }

  Status Run(const RunContext& run) const override {
    auto& state = static_cast<OperatorState&>(*run.state);
    const pthreadpool_t pool = run.pool == nullptr ? nullptr : run.pool->handle();
    if (pool != state.pool) TFLD_RETURN_IF_ERROR(ShapeFor(pool, state));
    const Buffers buffers = FindBuffers(run);
    if (!state.is_set_up || buffers != state.buffers) TFLD_RETURN_IF_ERROR(SetUp(buffers, state));
    const InterruptibleTasks tasks(run.interruption);
    for (const UniqueOperator& op : state.operators) {
      const xnn_status status = xnn_run_operator(op.get(), pool);
      if (status != xnn_status_success) return ToStatus(status, "run an operator");
    }
    return {};
  }

  std::size_t packed_bytes() const override {
    return recipe_.constant_bytes + (recipe_.weights == nullptr ? 0 : recipe_.weights->bytes());
  }

 private:
  std::unique_ptr<KernelState> TakePrototype() const {
    const std::lock_guard lock(mutex_);
    return std::move(prototype_);
  }

  // On a session's first run with several threads.
  Status ShapeFor(pthreadpool_t pool, OperatorState& state) const {
    std::size_t workspace_bytes = 0;
    const xnn_status status = Shape(recipe_, pool, state, workspace_bytes);
    if (status != xnn_status_success) return ToStatus(status, "shape an operator");
    if (workspace_bytes <= workspace_bytes_) return {};
    return Internal(
        StrCat(recipe_.name, " needs ", workspace_bytes, " bytes of workspace, planned were ", workspace_bytes_));
  }

  Buffers FindBuffers(const RunContext& run) const {
    Buffers buffers;
    for (std::size_t i = 0; i < recipe_.inputs.size(); ++i) {
      if (recipe_.constants[i] != nullptr) {
        buffers.inputs[i] = recipe_.constants[i]->get();
      } else if (recipe_.inputs[i] != kNoInput) {
        buffers.inputs[i] = run.Input<void>(recipe_.inputs[i]);
      }
    }
    buffers.output = run.Output<void>(0);
    if (workspace_ >= 0) buffers.workspace = run.Scratch<void>(workspace_);
    return buffers;
  }

  Status SetUp(const Buffers& buffers, OperatorState& state) const {
    Buffers stage_buffers = buffers;
    for (std::size_t i = 0; i < state.operators.size(); ++i) {
      const xnn_status status = recipe_.stages[i].setup(state.operators[i].get(), stage_buffers);
      if (status != xnn_status_success) return ToStatus(status, "set up an operator");
      stage_buffers.inputs = {buffers.output, nullptr};
    }
    state.buffers = buffers;
    state.is_set_up = true;
    return {};
  }

  const Recipe recipe_;
  const int workspace_;  // index of the scratch buffer; negative for none
  const std::size_t workspace_bytes_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<OperatorState> prototype_;  // becomes the first session's state
};

}  // namespace

Status EmitOperator(PrepareContext& context, Recipe recipe) {
  auto prototype = std::make_unique<OperatorState>();
  std::size_t workspace_bytes = 0;
  const xnn_status status = MakeState(recipe, *prototype, workspace_bytes);
  if (IsDeclined(status)) return {};
  if (status != xnn_status_success) return ToStatus(status, StrCat("make ", recipe.name));
  // An operator with several threads needs at most so many times what it needs with one.
  workspace_bytes *= static_cast<std::size_t>(context.threads());
  const int workspace = workspace_bytes == 0 ? -1 : context.RequestScratch(workspace_bytes);
  context.Emit(std::make_unique<OperatorKernel>(std::move(recipe), workspace, workspace_bytes, std::move(prototype)));
  return {};
}

}  // namespace tfld::engine::xnnpack
