// ServingMap: which version of each model answers. Readers pin a version; the manager swaps one pointer.
//
// Thread rule: any thread. Acquire takes a lock for the time of a look-up, never while anything is loaded or freed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/lifecycle/served_version.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class ServingMap {
 public:
  // `version` is empty for the active one, a number in decimal, or a label. NOT_FOUND when the model is not known or
  // has no such version loaded, naming both; UNAVAILABLE when the model is known but none of its versions serves yet.
  Result<std::shared_ptr<const ServedVersion>> Acquire(std::string_view model, std::string_view version) const;

  // Every active version, ordered by name.
  std::vector<std::shared_ptr<const ServedVersion>> Snapshot() const;

  // Lets requests name a loaded version by `label`: letters, digits, '-', '_' and '.', the first a letter. It follows
  // the active version: when another one takes its place, the labels that were at it are at the new one. NOT_FOUND;
  // INVALID_ARGUMENT; FAILED_PRECONDITION for a version that is not loaded; RESOURCE_EXHAUSTED for too many.
  Status SetLabel(std::string_view model, std::string_view label, std::uint64_t version);
  // NOT_FOUND.
  Status RemoveLabel(std::string_view model, std::string_view label);

  // Makes the model known, so that Acquire answers UNAVAILABLE rather than NOT_FOUND until a version is published.
  void Announce(std::string_view model);
  // Makes `next` the active version of its model and returns the one that was, for the caller to let go; null at first.
  std::shared_ptr<const ServedVersion> Publish(std::shared_ptr<const ServedVersion> next);
  // Takes the model out of service and leaves it known, as by Announce. Returns what was active; may be null.
  std::shared_ptr<const ServedVersion> Suspend(std::string_view model);
  // Takes the model out of service, as if it had never been announced, and returns what was active; may be null.
  std::shared_ptr<const ServedVersion> Withdraw(std::string_view model);

 private:
  static constexpr std::size_t kMaxLabels = 64;  // of a model

  struct Entry {
    std::shared_ptr<const ServedVersion> active;  // null: announced
    std::set<std::string, std::less<>> labels;    // at the active version, which is the only one that is loaded
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> models_;
};

}  // namespace tfld::daemon
