#include "engine/delegate/delegate.h"
#include "engine/delegate/xnnpack/xnnpack_delegate.h"

namespace tfld::engine {

std::vector<std::unique_ptr<Delegate>> DelegatesFor(Backend backend) {
  std::vector<std::unique_ptr<Delegate>> delegates;
  switch (backend) {
    case Backend::kReference: break;
    case Backend::kCpu: delegates.push_back(NewXnnpackDelegate()); break;
  }
  return delegates;
}

}  // namespace tfld::engine
