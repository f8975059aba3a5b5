// Standings: how models and versions stand, as callers see it: what is durable, what is loaded, and what else is known:
// which versions still drain, which models are unloaded, and which could not be loaded.
//
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/lifecycle/manager.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/store/model_state.h"

namespace tfld::daemon {

class Standings {
 public:
  explicit Standings(const ServingMap& map) : map_(map) {}

  // The active version serves, or the model is gone: nothing else is known of it any more.
  void Clear(const std::string& model);
  void SetSuspended(const std::string& model);
  // Why the active version is not in service after a restart.
  void SetNotServing(const std::string& model, std::string reason);
  // A version that does not serve any more, in one way at least, and may have holders. Null is none.
  void AddRetiring(const ServingMap::Served& was);

  bool IsSuspended(const std::string& model) const;

  ModelStatus Describe(const ModelState& state) const;
  VersionStatus Describe(const ModelState& state, std::uint64_t version) const;

 private:
  struct Retiring {
    std::string model;
    std::uint64_t version;
    std::weak_ptr<ModelInstance> instance;
  };

  VersionState StateOf(const ModelState& state, const VersionRecord& record) const;

  const ServingMap& map_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Retiring> retiring_;
  std::map<std::string, std::string> not_serving_;  // reason by model
  std::set<std::string> suspended_;
};

}  // namespace tfld::daemon
