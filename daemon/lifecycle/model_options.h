// ModelOptions: what the configuration says of a single model's versions.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "daemon/scheduler/model_instance.h"

namespace tfld::daemon {

struct ModelOptions {
  int max_concurrent = 0;  // executors that a version may occupy at the same time; 0: all
  BatchOptions batch{};
};

using ModelOptionsByName = std::map<std::string, ModelOptions>;  // others have the defaults

// Told of what is other than configured without being an error: which version, and what.
using NoticeOfModel = std::function<void(const std::string& version, const std::string& what)>;

}  // namespace tfld::daemon
