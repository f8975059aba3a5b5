// What an Executable holds; for the runtime itself and for tools that look inside.
#pragma once

#include <memory>

#include "engine/plan/plan.h"
#include "engine/runtime/entry_points.h"
#include "tfld/engine.h"

namespace tfld::engine {

struct Executable::Impl {
  std::shared_ptr<const Model> model;
  ExecutableOptions options;
  std::shared_ptr<const Plan> plan;
  EntryPoints entry_points;
};

}  // namespace tfld::engine
