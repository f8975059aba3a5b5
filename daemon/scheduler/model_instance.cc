#include "daemon/scheduler/model_instance.h"

#include <algorithm>
#include <utility>

#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/version_counters.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {

ModelInstance::ModelInstance() : counters_(std::make_shared<VersionCounters>()) {}
ModelInstance::~ModelInstance() = default;

Result<std::shared_ptr<ModelInstance>> ModelInstance::Create(
    std::shared_ptr<const engine::Executable> executable, const std::vector<std::shared_ptr<engine::ThreadPool>>& pools,
    const InstanceOptions& options) {
  std::shared_ptr<ModelInstance> instance(new ModelInstance);
  instance->options_ = options;
  instance->options_.levels = std::max(1, options.levels);
  instance->sessions_.reserve(pools.size() * static_cast<std::size_t>(instance->options_.levels));
  for (const std::shared_ptr<engine::ThreadPool>& pool : pools) {
    for (int level = 0; level < instance->options_.levels; ++level) {
      TFLD_ASSIGN_OR_RETURN(std::unique_ptr<engine::Session> session, executable->NewSession(pool));
      instance->sessions_.push_back(std::move(session));
    }
  }
  if (options.guest) {
    TFLD_ASSIGN_OR_RETURN(instance->guest_session_, executable->NewSession());
  }
  instance->executable_ = std::move(executable);
  return instance;
}

Status ModelInstance::EnableBatches(const BatchOptions& options,
                                    const std::vector<std::shared_ptr<engine::ThreadPool>>& pools) {
  if (options.max_size < 2) return {};
  if (options.max_size > BatchSessions::kMost)
    return InvalidArgument(StrCat("a batch has at most ", BatchSessions::kMost, " requests"));
  TFLD_ASSIGN_OR_RETURN(batches_, BatchSessions::Create(*executable_, pools, options.max_size));
  batch_options_ = options;
  return {};
}

engine::MemoryUsage ModelInstance::memory() const {
  engine::MemoryUsage memory = executable_->memory();
  memory.arena_bytes *= static_cast<std::size_t>(sessions() + (batches_ ? batches_->rows() : 0));
  return memory;
}

}  // namespace tfld::daemon
