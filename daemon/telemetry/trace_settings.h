// TraceSettings: which requests are traced, for all models and for single ones, in the words of the inference
// protocol's TraceSetting call. Changing them is a matter of the admin socket: whoever offers the call sees to that.
//
//   trace_level    "OFF" (the default), "TIMESTAMPS"
//   trace_rate     every so many requests of a model one is traced; "1000"
//   trace_count    how many more traces until it stops by itself; "-1" for no end
//   trace_mode     "opentelemetry", the form in which tfld-ctl writes them
//   trace_file     "": the newest stay in memory for `tfld-ctl trace --recent`; no caller names a file to write
//   log_frequency  "0"
//
// A model has the settings of all models but for those that it was given itself.
//
// Thread rule: any thread. any() is one relaxed load; Sample takes a lock and allocates nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace tfld::daemon {

struct TraceSetting {
  std::string name;
  std::vector<std::string> values;
};

class TraceSettings {
 public:
  // All settings that hold for `model`; empty for all models together. Ordered by name.
  std::vector<TraceSetting> Get(std::string_view model) const;

  // Changes those that are given, all or none. A setting without values goes back to that of all models, or of all
  // models to its default. INVALID_ARGUMENT names the setting and what it takes; RESOURCE_EXHAUSTED when too many
  // models have settings of their own. Whether the model exists is the caller's business.
  Status Set(std::string_view model, std::span<const TraceSetting> changes);

  // A model that was removed.
  void Forget(std::string_view model);

  // Whether anything may be traced.
  bool any() const { return any_.load(std::memory_order_relaxed); }
  // Counts a request of `model`; true when it is to be traced.
  bool Sample(std::string_view model);

 private:
  struct Choice {  // what was set; the rest is inherited
    std::optional<bool> on;
    std::optional<std::uint32_t> rate;
    std::optional<std::int64_t> count;
    bool operator==(const Choice&) const = default;
  };
  struct Rule {
    Choice choice;
    std::uint64_t seen = 0;    // requests while it was on
    std::uint64_t traced = 0;  // since the count was set
  };

  static Status Apply(const TraceSetting& change, Choice& choice);
  const Rule* Find(std::string_view model) const;
  void Erase(std::string_view model);
  void UpdateAny();

  std::atomic<bool> any_ = false;  // written under the lock
  mutable std::mutex mutex_;       // guards what follows
  Rule global_;
  std::map<std::string, Rule, std::less<>> models_;
};

}  // namespace tfld::daemon
