#include <utility>

#include "engine/base/str_cat.h"
#include "engine/kernels/thread_pool.h"
#include "engine/plan/changing_memory.h"
#include "engine/plan/plan_builder.h"
#include "engine/runtime/executable_impl.h"
#include "engine/runtime/session_impl.h"
#include "tfld/engine.h"

namespace tfld::engine {

Executable::Executable() : impl_(std::make_unique<Impl>()) {}
Executable::~Executable() = default;

Result<std::shared_ptr<const Executable>> Executable::Create(std::shared_ptr<const Model> model,
                                                             const ExecutableOptions& options) {
  if (options.threads < 1) return InvalidArgument(StrCat("threads is ", options.threads, "; expected at least 1"));
  const Program& program = model->program();
  auto plan = BuildPlan(program, PlanOptionsOf(options));
  if (!plan.ok()) return plan.status().WithContext(model->name());

  std::vector<const Graph*> graphs;
  for (const GraphPlan& graph : (*plan)->graphs) graphs.push_back(&graph.graph);
  auto entry_points = MakeEntryPoints(program, graphs);
  if (!entry_points.ok()) return entry_points.status().WithContext(model->name());
  for (std::size_t i = 0; i < entry_points->infos.size(); ++i) {
    const EntryValues& values = entry_points->values[i];
    EntryPoint& info = entry_points->infos[i];
    for (std::size_t j = 0; j < values.inputs.size(); ++j) {
      info.inputs[j].may_change = InputMayChange(**plan, values.graph, values.inputs[j]);
    }
    for (std::size_t j = 0; j < values.outputs.size(); ++j) {
      info.outputs[j].may_change = OutputMayChange(**plan, values.graph, values.outputs[j]);
    }
  }

  auto executable = std::shared_ptr<Executable>(new Executable());
  *executable->impl_ = {std::move(model), options, std::move(plan).value(), std::move(entry_points).value()};
  return std::shared_ptr<const Executable>(std::move(executable));
}

const Model& Executable::model() const { return *impl_->model; }
const ExecutableOptions& Executable::options() const { return impl_->options; }
std::span<const EntryPoint> Executable::entry_points() const { return impl_->entry_points.infos; }

MemoryUsage Executable::memory() const {
  return {impl_->plan->weight_bytes, impl_->plan->packed_bytes, impl_->plan->arena_bytes};
}

Result<std::unique_ptr<Session>> Executable::NewSession(std::shared_ptr<ThreadPool> pool) const {
  const int threads = impl_->options.threads;
  if (pool == nullptr && threads > 1) pool = std::make_shared<ThreadPool>(threads);
  if (pool != nullptr && pool->threads() != threads) {
    return InvalidArgument(StrCat("the pool has ", pool->threads(), " threads; the executable was made for ", threads));
  }
  auto session = std::unique_ptr<Session>(new Session());
  session->impl_->executable = shared_from_this();
  session->impl_->pool = std::move(pool);
  TFLD_RETURN_IF_ERROR(session->impl_->Adopt(impl_->plan));
  return session;
}

std::shared_ptr<ThreadPool> NewThreadPool(int threads) { return std::make_shared<ThreadPool>(threads); }

std::string_view Version() { return TFLD_VERSION; }

}  // namespace tfld::engine
