// ModelState: the durable truth about one model, as it stands in its state file.
//
// A value: whoever changes a model copies it, changes the copy, and gives that to Store::Write.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/event_history.h"

namespace tfld::daemon {

enum class StoredState : std::uint8_t {
  kStaged,   // complete, never served
  kWarming,  // complete, its deploy has not ended; found after a restart it has failed
  kActive,   // the one that serves
  kRetired,  // has served
  kFailed,   // the reason says why; has no files
};
std::string_view StoredStateName(StoredState state);
std::optional<StoredState> StoredStateFromName(std::string_view name);

struct VersionRecord {
  std::uint64_t version = 0;
  StoredState state = StoredState::kStaged;
  std::string sha256;            // of model.tflite
  std::uint64_t size = 0;        // of model.tflite, bytes
  std::string manifest_sha256;   // of the stored manifest, which has the digests of all files
  std::string reason;            // of a failure
  std::int64_t deployed_at = 0;  // Unix time, seconds
  bool operator==(const VersionRecord&) const = default;
};

struct ModelState {
  std::string name;
  std::uint64_t generation = 0;         // Store::Write counts it up
  std::uint64_t highest_version = 0;    // that was ever given out, so that a removed number does not come back
  std::vector<std::uint64_t> lineage;   // the active version, last, and before it the good ones that led to it
  std::vector<VersionRecord> versions;  // ascending
  std::map<std::string, std::uint64_t, std::less<>> labels;  // the version that each points at
  EventHistory events;
  bool operator==(const ModelState&) const = default;

  std::optional<std::uint64_t> active() const;
  std::optional<std::uint64_t> previous() const;
  const VersionRecord* Find(std::uint64_t version) const;
  VersionRecord* Find(std::uint64_t version);
  bool IsLabelled(std::uint64_t version) const;
  // Takes the place of a record with the same version.
  void Put(VersionRecord record);
  // Of the list and of what Forget takes it from.
  void Erase(std::uint64_t version);
  // Of the lineage, with the labels that point at it.
  void Forget(std::uint64_t version);
};

}  // namespace tfld::daemon
