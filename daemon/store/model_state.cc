#include "daemon/store/model_state.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tfld::daemon {
namespace {

constexpr std::array<std::string_view, 5> kStateNames = {"staged", "warming", "active", "retired", "failed"};

}  // namespace

std::string_view StoredStateName(StoredState state) { return kStateNames[static_cast<std::size_t>(state)]; }

std::optional<StoredState> StoredStateFromName(std::string_view name) {
  const auto found = std::ranges::find(kStateNames, name);
  if (found == kStateNames.end()) return std::nullopt;
  return static_cast<StoredState>(found - kStateNames.begin());
}

std::optional<std::uint64_t> ModelState::active() const {
  return lineage.empty() ? std::nullopt : std::optional(lineage.back());
}

std::optional<std::uint64_t> ModelState::previous() const {
  return lineage.size() < 2 ? std::nullopt : std::optional(lineage[lineage.size() - 2]);
}

const VersionRecord* ModelState::Find(std::uint64_t version) const {
  const auto found = std::ranges::find(versions, version, &VersionRecord::version);
  return found == versions.end() ? nullptr : &*found;
}

VersionRecord* ModelState::Find(std::uint64_t version) {
  return const_cast<VersionRecord*>(std::as_const(*this).Find(version));
}

bool ModelState::IsLabelled(std::uint64_t version) const {
  return std::ranges::any_of(labels, [version](const auto& label) { return label.second == version; });
}

void ModelState::Put(VersionRecord record) {
  const auto place = std::ranges::lower_bound(versions, record.version, {}, &VersionRecord::version);
  if (place != versions.end() && place->version == record.version) {
    *place = std::move(record);
  } else {
    versions.insert(place, std::move(record));
  }
}

void ModelState::Erase(std::uint64_t version) {
  std::erase_if(versions, [version](const VersionRecord& record) { return record.version == version; });
  Forget(version);
}

void ModelState::Forget(std::uint64_t version) {
  std::erase(lineage, version);
  std::erase_if(labels, [version](const auto& label) { return label.second == version; });
}

}  // namespace tfld::daemon
