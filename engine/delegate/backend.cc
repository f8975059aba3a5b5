#include "engine/delegate/backend.h"

namespace tfld::engine {

std::string_view BackendName(Backend backend) {
  switch (backend) {
    case Backend::kReference: return "reference";
    case Backend::kCpu: return "cpu";
  }
  return "unknown";
}

std::optional<Backend> BackendFromName(std::string_view name) {
  for (const Backend backend : {Backend::kReference, Backend::kCpu}) {
    if (name == BackendName(backend)) return backend;
  }
  return std::nullopt;
}

}  // namespace tfld::engine
