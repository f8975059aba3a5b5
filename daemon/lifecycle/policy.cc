#include "daemon/lifecycle/policy.h"

#include <algorithm>

#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

Status NoSuchVersion(const ModelState& state, std::uint64_t version) {
  return NotFound(StrCat("model ", state.name, " has no version ", version));
}

// As much as every client's language has a number for.
constexpr std::uint64_t kMaxVersion = (std::uint64_t{1} << 63) - 1;
constexpr std::size_t kMaxLabels = 64;  // of a model
constexpr std::size_t kMaxLabelBytes = 64;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLabelBytes && IsLetter(text[0]) && std::ranges::all_of(text, [](char c) {
    return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

void RetireActive(ModelState& state) {
  for (VersionRecord& record : state.versions) {
    if (record.state == StoredState::kActive) record.state = StoredState::kRetired;
  }
}

void MarkActive(ModelState& state, std::uint64_t version) {
  if (VersionRecord* record = state.Find(version)) record->state = StoredState::kActive;
}

}  // namespace

Result<std::uint64_t> NumberForDeploy(const ModelState& state, std::optional<std::uint64_t> asked) {
  if (!asked) {
    if (state.highest_version < kMaxVersion) return state.highest_version + 1;
    return ResourceExhausted(StrCat("model ", state.name, " has had the highest version there is, ", kMaxVersion,
                                    "; name a lower one that is free"));
  }
  if (*asked == 0 || *asked > kMaxVersion) {
    return InvalidArgument(StrCat("version ", *asked, ": versions count from 1 to ", kMaxVersion));
  }
  const VersionRecord* record = state.Find(*asked);
  if (record != nullptr && record->state != StoredState::kFailed) {
    return AlreadyExists(StrCat("model ", state.name, " has a version ", *asked, " already (",
                                StoredStateName(record->state), "); a version never changes, deploy another number"));
  }
  return *asked;
}

Status CheckLoadable(const ModelState& state, std::uint64_t version) {
  const VersionRecord* record = state.Find(version);
  if (record == nullptr) return NoSuchVersion(state, version);
  if (record->state == StoredState::kFailed) {
    return FailedPrecondition(StrCat("version ", version, " of model ", state.name, " has failed: ", record->reason));
  }
  // The next start takes it for failed.
  if (record->state == StoredState::kWarming) {
    return FailedPrecondition(StrCat("the deploy of version ", version, " of model ", state.name,
                                     " has not come to its end; remove the version and deploy it again"));
  }
  return {};
}

Result<std::uint64_t> RollbackTarget(const ModelState& state, std::optional<std::uint64_t> asked) {
  const auto active = state.active();
  if (!active) return FailedPrecondition(StrCat("model ", state.name, " has no active version to roll back from"));
  const auto target = asked ? asked : state.previous();
  if (!target) {
    return FailedPrecondition(StrCat("model ", state.name, " has no good version before ", *active, " to go back to"));
  }
  TFLD_RETURN_IF_ERROR(CheckLoadable(state, *target));
  if (*target == *active) {
    return FailedPrecondition(StrCat("version ", *target, " of model ", state.name, " is active already"));
  }
  return *target;
}

ModelState AfterActivation(ModelState state, std::uint64_t version) {
  RetireActive(state);
  MarkActive(state, version);
  std::erase(state.lineage, version);
  state.lineage.push_back(version);
  return state;
}

ModelState AfterRollback(ModelState state, std::uint64_t version) {
  const auto place = std::ranges::find(state.lineage, version);
  if (place == state.lineage.end()) {
    // It was never active since what is active now came; what is rolled back from is no good all the same.
    state.lineage.pop_back();
    return AfterActivation(std::move(state), version);
  }
  state.lineage.erase(place + 1, state.lineage.end());
  RetireActive(state);
  MarkActive(state, version);
  return state;
}

ModelState AfterFailure(ModelState state, std::uint64_t version, const std::string& reason) {
  if (VersionRecord* record = state.Find(version)) {
    record->state = StoredState::kFailed;
    record->reason = CutText(reason, kMaxReasonBytes);
  }
  state.Forget(version);
  return state;
}

Status CheckLabel(const ModelState& state, std::string_view label, std::uint64_t version) {
  if (!IsLabel(label)) {
    return InvalidArgument(StrCat("'", CutText(label, kMaxLabelBytes), "' is no label: up to ", kMaxLabelBytes,
                                  " letters, digits, '-', '_' and '.', the first a letter"));
  }
  if (state.labels.size() >= kMaxLabels && !state.labels.contains(label)) {
    return ResourceExhausted(
        StrCat("model ", state.name, " has ", kMaxLabels, " labels, the most there may be; remove one first"));
  }
  return CheckLoadable(state, version);
}

Status CheckRemovable(const ModelState& state, std::uint64_t version) {
  if (state.Find(version) == nullptr) return NoSuchVersion(state, version);
  if (state.active() == version) {
    return FailedPrecondition(StrCat("version ", version, " of model ", state.name,
                                     " is active; activate another one first, or remove the whole model"));
  }
  for (const auto& [label, labelled] : state.labels) {
    if (labelled != version) continue;
    return FailedPrecondition(StrCat("label '", label, "' of model ", state.name, " is at version ", version,
                                     "; move or remove the label first"));
  }
  return {};
}

std::vector<std::uint64_t> ResumeOrder(const ModelState& state) {
  return {state.lineage.rbegin(), state.lineage.rend()};
}

std::vector<std::uint64_t> VersionsToVacuum(const ModelState& state, std::size_t keep) {
  std::vector<std::uint64_t> surplus;
  std::size_t with_files = 0, failed = 0;
  for (auto record = state.versions.rbegin(); record != state.versions.rend(); ++record) {
    if (state.active() == record->version || state.previous() == record->version) continue;
    if (state.IsLabelled(record->version)) continue;
    std::size_t& count = record->state == StoredState::kFailed ? failed : with_files;
    if (++count > keep) surplus.push_back(record->version);
  }
  return surplus;
}

}  // namespace tfld::daemon
