#include "daemon/rpc/repository_calls.h"

#include <string_view>

#include "daemon/lifecycle/manager.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

constexpr std::string_view kReady = "READY";

std::string_view StateName(VersionState state) {
  switch (state) {
    case VersionState::kLoaded:
    case VersionState::kActive: return kReady;
    case VersionState::kWarming: return "LOADING";
    case VersionState::kDraining: return "UNLOADING";
    default: return "UNAVAILABLE";
  }
}

// There is one repository, and its name is empty.
Status CheckRepository(const std::string& name) {
  if (name.empty()) return {};
  return NotFound(StrCat("there is no repository '", name.substr(0, 64), "'; the only one has no name"));
}

}  // namespace

Status IndexRepository(const Manager& manager, const inference::RepositoryIndexRequest& request,
                       inference::RepositoryIndexResponse& response) {
  TFLD_RETURN_IF_ERROR(CheckRepository(request.repository_name()));
  for (const ModelStatus& model : manager.List()) {
    for (const VersionStatus& version : model.versions) {
      const std::string_view state = StateName(version.state);
      if (request.ready() && state != kReady) continue;
      auto& index = *response.add_models();
      index.set_name(model.name);
      index.set_version(std::to_string(version.version));
      index.set_state(std::string(state));
      if (state == kReady) continue;
      index.set_reason(version.reason.empty() ? std::string(VersionStateName(version.state)) : version.reason);
    }
  }
  return {};
}

Status LoadModel(Manager& manager, const inference::RepositoryModelLoadRequest& request, const std::string& actor) {
  TFLD_RETURN_IF_ERROR(CheckRepository(request.repository_name()));
  for (const auto& [name, value] : request.parameters()) {
    if (name != "config" && !name.starts_with("file:")) continue;
    return Unimplemented(StrCat("parameter '", name.substr(0, 64),
                                "': a model is loaded as it is in the store; deploy another version with tfld-ctl"));
  }
  return manager.Load(request.model_name(), actor).status();
}

Status UnloadModel(Manager& manager, const inference::RepositoryModelUnloadRequest& request, const std::string& actor) {
  TFLD_RETURN_IF_ERROR(CheckRepository(request.repository_name()));
  return manager.Unload(request.model_name(), actor);
}

}  // namespace tfld::daemon
