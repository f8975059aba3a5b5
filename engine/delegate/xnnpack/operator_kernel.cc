#include "engine/delegate/xnnpack/operator_kernel.h"

#include <mutex>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/delegate/xnnpack/library.h"

namespace tfld::engine::xnnpack {
namespace {

// The operators of one session, and the buffers at which they point.
class OperatorState final : public KernelState {
 public:
  std::vector<UniqueOperator> operators;
  std::size_t workspace_bytes = 0;
  Buffers buffers;
  bool is_set_up = false;
};

pthreadpool_t Handle(const std::shared_ptr<ThreadPool>& pool) { return pool == nullptr ? nullptr : pool->handle(); }

xnn_status MakeStage(const Stage& stage, xnn_weights_cache_t weights, pthreadpool_t pool, OperatorState& state) {
  xnn_operator_t op = nullptr;
  {
    const std::lock_guard lock(CreationMutex());
    const xnn_status status = stage.create(weights, &op);
    if (status != xnn_status_success) return status;
  }
  state.operators.emplace_back(op);
  Workspace workspace;
  const xnn_status status = stage.reshape(op, &workspace, pool);
  if (status != xnn_status_success) return status;
  if (workspace.alignment > kBufferAlignment) return xnn_status_unsupported_parameter;
  state.workspace_bytes = std::max(state.workspace_bytes, workspace.bytes);
  return xnn_status_success;
}

xnn_status MakeState(const Recipe& recipe, pthreadpool_t pool, OperatorState& state) {
  const xnn_weights_cache_t weights = recipe.weights == nullptr ? nullptr : recipe.weights->provider();
  for (const Stage& stage : recipe.stages) {
    const xnn_status status = MakeStage(stage, weights, pool, state);
    if (status != xnn_status_success) return status;
  }
  return xnn_status_success;
}

class OperatorKernel final : public Kernel {
 public:
  OperatorKernel(Recipe recipe, std::shared_ptr<ThreadPool> counting_pool, int workspace,
                 std::unique_ptr<OperatorState> prototype)
      : recipe_(std::move(recipe)),
        counting_pool_(std::move(counting_pool)),
        workspace_(workspace),
        prototype_(std::move(prototype)) {}

  std::string_view name() const override { return recipe_.name; }

  Result<std::unique_ptr<KernelState>> NewState() const override {
    if (std::unique_ptr<KernelState> prototype = TakePrototype()) return prototype;
    auto state = std::make_unique<OperatorState>();
    const xnn_status status = MakeState(recipe_, Handle(counting_pool_), *state);
    if (status != xnn_status_success) return ToStatus(status, StrCat("make ", recipe_.name));
    return std::unique_ptr<KernelState>(std::move(state));
  }

  Status Run(const RunContext& run) const override {
    auto& state = static_cast<OperatorState&>(*run.state);
    const Buffers buffers = FindBuffers(run);
    if (!state.is_set_up || buffers != state.buffers) TFLD_RETURN_IF_ERROR(SetUp(buffers, state));
    const pthreadpool_t pool = run.pool == nullptr ? nullptr : run.pool->handle();
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
  const std::shared_ptr<ThreadPool> counting_pool_;
  const int workspace_;  // index of the scratch buffer; negative for none
  mutable std::mutex mutex_;
  mutable std::unique_ptr<OperatorState> prototype_;  // becomes the first session's state
};

}  // namespace

Status EmitOperator(PrepareContext& context, Resources& resources, Recipe recipe) {
  auto prototype = std::make_unique<OperatorState>();
  const xnn_status status = MakeState(recipe, Handle(resources.counting_pool), *prototype);
  if (IsDeclined(status)) return {};
  if (status != xnn_status_success) return ToStatus(status, StrCat("make ", recipe.name));
  const std::size_t bytes = prototype->workspace_bytes;
  const int workspace = bytes == 0 ? -1 : context.RequestScratch(bytes);
  context.Emit(
      std::make_unique<OperatorKernel>(std::move(recipe), resources.counting_pool, workspace, std::move(prototype)));
  return {};
}

}  // namespace tfld::engine::xnnpack
