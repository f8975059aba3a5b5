// ServingMap: which versions of each model answer: the active one, and those that labels point at. Readers pin a
// version; the manager swaps pointers.
//
// Thread rule: any thread. Acquire takes a lock for the time of a look-up, never while anything is loaded or freed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/lifecycle/served_version.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class ServingMap {
 public:
  using Served = std::shared_ptr<const ServedVersion>;

  // `version` is empty for the active one, a number in decimal, or a label. NOT_FOUND when the model is not known or
  // has no such label or no such version in service, naming both; UNAVAILABLE when the model or the label is known but
  // nothing serves there yet.
  Result<Served> Acquire(std::string_view model, std::string_view version) const;

  // Every version in service, ordered by name and version; of one model, by version.
  std::vector<Served> Snapshot() const;
  std::vector<Served> Snapshot(std::string_view model) const;

  // Makes the model known, so that Acquire answers UNAVAILABLE rather than NOT_FOUND until a version is published.
  void Announce(std::string_view model);
  // Makes `next` the active version of its model and returns the one that was, for the caller to let go; null at first.
  Served Publish(Served next);

  // Makes `label` of a known model lead to `next`, wherever it led before, which is returned, for the caller to let go.
  // Null makes the label known, as Announce a model. The version serves for as long as the label is there.
  Served SetLabel(std::string_view model, std::string_view label, Served next);
  // Returns where it led; null when there was no such label.
  Served RemoveLabel(std::string_view model, std::string_view label);

  // Takes the model out of service and leaves it and its labels known, as by Announce. Returns what served.
  std::vector<Served> Suspend(std::string_view model);
  // Takes the model out of service, as if it had never been announced, and returns what served.
  std::vector<Served> Withdraw(std::string_view model);

 private:
  struct Entry {
    Served active;  // null: announced
    std::map<std::string, Served, std::less<>> labels;

    std::vector<Served> All() const;  // each once, by version
  };

  static Result<Served> Find(const Entry& entry, std::string_view model, std::string_view version);

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> models_;
};

}  // namespace tfld::daemon
