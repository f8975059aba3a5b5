// ServedVersion: a version of a model that answers requests. Holding one pins it: it stays loaded until the last
// holder lets go, whatever becomes active meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/scheduler/model_instance.h"

namespace tfld::daemon {

struct ServedVersion {
  std::string model;
  std::uint64_t version = 0;
  std::vector<std::string> class_labels;  // of a classifier, by class index; may be empty
  std::shared_ptr<ModelInstance> instance;
};

}  // namespace tfld::daemon
