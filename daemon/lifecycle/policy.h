// Policy: what should happen to a model, as pure functions of its stored state. The manager carries it out.
//
// The lineage of a model is the list of good versions that led to the active one, which is its last. An activation puts
// a version on its end; a rollback takes versions off it, so that rolling back twice goes back twice, and never to a
// version that was rolled back from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/model_state.h"
#include "engine/base/result.h"

namespace tfld::daemon {

// The number of a version to deploy: the one that is asked for, or the next that was never given out. A number whose
// version has failed may be used again; any other is ALREADY_EXISTS. INVALID_ARGUMENT for 0.
Result<std::uint64_t> NumberForDeploy(const ModelState& state, std::optional<std::uint64_t> asked);

// OK when the version has files to load. NOT_FOUND; FAILED_PRECONDITION for one that has failed, with its reason.
Status CheckLoadable(const ModelState& state, std::uint64_t version);

// Where a rollback goes: to the version that is asked for, or the last good one before the active. FAILED_PRECONDITION
// when there is none, or it is active already.
Result<std::uint64_t> RollbackTarget(const ModelState& state, std::optional<std::uint64_t> asked);

// The state once `version` is active, by an activation or by a rollback. What was active is retired.
ModelState AfterActivation(ModelState state, std::uint64_t version);
ModelState AfterRollback(ModelState state, std::uint64_t version);

// The state once `version` has failed for good: neither lineage nor label leads to it, and it will have no files.
ModelState AfterFailure(ModelState state, std::uint64_t version, const std::string& reason);

// OK when `label` may be set to `version`. INVALID_ARGUMENT for what is no label: letters, digits, '-', '_' and '.',
// the first a letter, so that it is never taken for a number; RESOURCE_EXHAUSTED for too many; CheckLoadable's errors.
Status CheckLabel(const ModelState& state, std::string_view label, std::uint64_t version);

// OK for a version that may be removed. NOT_FOUND; FAILED_PRECONDITION for the active one and for one with a label.
Status CheckRemovable(const ModelState& state, std::uint64_t version);

// In which order versions are tried after a restart: the active one, then those before it.
std::vector<std::uint64_t> ResumeOrder(const ModelState& state);

// Which versions are too many: all but the active, the previous, those with a label, and of the others the newest
// `keep` that have files and the newest `keep` that have failed.
std::vector<std::uint64_t> VersionsToVacuum(const ModelState& state, std::size_t keep);

}  // namespace tfld::daemon
