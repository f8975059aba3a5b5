// Fills the inputs of a binding from files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/status.h"
#include "tfld/client.h"

namespace tfld::ctl {

// `assignments` are NAME=FILE; NAME is an input's name or index, FILE is .npy, which also sets the input's shape, or
// raw bytes; of strings, as the protocol has them. What no file is given for is random from `seed`, but strings stay as
// they are.
Status FillInputs(const std::vector<std::string>& assignments, std::uint64_t seed, Binding& binding);

}  // namespace tfld::ctl
