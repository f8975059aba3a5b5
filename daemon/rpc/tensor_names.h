// Finding tensors of a model by the names in a request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tfld/engine.h"

namespace tfld::daemon {

// The place of the tensor called `name`, or -1. Looks at `hint` first: most clients keep the model's order.
int IndexOf(const std::vector<engine::TensorInfo>& tensors, std::string_view name, int hint);

// "'image', 'mask'", for messages.
std::string NamesOf(const std::vector<engine::TensorInfo>& tensors);

}  // namespace tfld::daemon
