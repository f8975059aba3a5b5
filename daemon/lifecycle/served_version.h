// ServedVersion: a version of a model that answers requests. Holding one pins it: it stays loaded until the last
// holder lets go, whatever becomes active meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/scheduler/model_instance.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {

struct ServedVersion {
  std::string model;
  std::uint64_t version = 0;
  std::vector<std::string> class_labels;  // of a classifier, by class index; may be empty
  std::shared_ptr<ModelInstance> instance;

  // What a request met there: the same status, an error with the model before its message.
  Status Explain(const Status& status) const {
    return status.ok() ? status : status.WithContext(StrCat("model '", model, "' version ", version));
  }
};

}  // namespace tfld::daemon
