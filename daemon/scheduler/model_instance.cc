#include "daemon/scheduler/model_instance.h"

#include <utility>

#include "daemon/scheduler/version_counters.h"

namespace tfld::daemon {

ModelInstance::ModelInstance() : counters_(std::make_shared<VersionCounters>()) {}

Result<std::shared_ptr<ModelInstance>> ModelInstance::Create(
    std::shared_ptr<const engine::Executable> executable,
    const std::vector<std::shared_ptr<engine::ThreadPool>>& pools) {
  std::shared_ptr<ModelInstance> instance(new ModelInstance);
  instance->sessions_.reserve(pools.size());
  for (const std::shared_ptr<engine::ThreadPool>& pool : pools) {
    TFLD_ASSIGN_OR_RETURN(std::unique_ptr<engine::Session> session, executable->NewSession(pool));
    instance->sessions_.push_back(std::move(session));
  }
  instance->executable_ = std::move(executable);
  return instance;
}

}  // namespace tfld::daemon
