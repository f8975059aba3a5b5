// The protocol's calls about the repository of models, over the manager. Thread rule: any thread; loading blocks.
#pragma once

#include <string>

#include "engine/base/status.h"

namespace inference {
class RepositoryIndexRequest;
class RepositoryIndexResponse;
class RepositoryModelLoadRequest;
class RepositoryModelUnloadRequest;
}  // namespace inference

namespace tfld::daemon {

class Manager;

// Every version that is known, by model and number: "READY", "LOADING", "UNLOADING", or "UNAVAILABLE" with the reason.
// When only what is ready is asked for, that alone.
Status IndexRepository(const Manager& manager, const inference::RepositoryIndexRequest& request,
                       inference::RepositoryIndexResponse& response);

// Puts the active version of the model back in service, or takes the model out of it; see Manager. NOT_FOUND;
// UNIMPLEMENTED for a load that brings a configuration or files of its own: models are deployed by tfld.v1.Admin.
Status LoadModel(Manager& manager, const inference::RepositoryModelLoadRequest& request, const std::string& actor);
Status UnloadModel(Manager& manager, const inference::RepositoryModelUnloadRequest& request, const std::string& actor);

}  // namespace tfld::daemon
