#include "engine/plan/offline_plan.h"

#include <algorithm>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kHeader = 3;  // integers in front of the offsets
constexpr std::size_t kCount = 2;   // of them, how many offsets follow

std::int32_t IntegerAt(std::span<const std::byte> data, std::size_t index) {
  std::uint32_t integer = 0;
  for (std::size_t i = 0; i < 4; ++i) integer |= static_cast<std::uint32_t>(data[4 * index + i]) << 8 * i;
  return static_cast<std::int32_t>(integer);
}

std::string FaultOf(std::span<const std::byte> data, std::size_t tensors) {
  if (data.size() % 4 != 0 || data.size() / 4 < kHeader) {
    return StrCat("has ", data.size(), " bytes; expected 32-bit integers, at least ", kHeader);
  }
  const std::int32_t count = IntegerAt(data, kCount);
  if (count < 0 || static_cast<std::size_t>(count) != tensors || data.size() / 4 - kHeader != tensors) {
    return StrCat("says ", count, " offsets and has ", data.size() / 4 - kHeader, "; the model has ", tensors,
                  " tensors");
  }
  for (std::size_t i = 0; i < tensors; ++i) {
    const std::int32_t offset = IntegerAt(data, kHeader + i);
    if (offset == kNotPlanned) continue;
    if (offset < 0 || static_cast<std::size_t>(offset) % kOfflinePlanAlignment != 0) {
      return StrCat("tensor ", i, " has offset ", offset, "; expected -1, or a multiple of ", kOfflinePlanAlignment);
    }
  }
  return {};
}

}  // namespace

OfflinePlan ReadOfflinePlan(const Program& program) {
  OfflinePlan plan;
  const auto entry = std::ranges::find(program.metadata, kOfflinePlanName, &Metadata::name);
  if (entry == program.metadata.end()) return plan;
  std::size_t tensors = 0;
  for (const Graph& graph : program.graphs) tensors += graph.values.size();
  plan.fault = FaultOf(entry->data, tensors);
  if (!plan.fault.empty()) return plan;
  std::size_t next = kHeader;
  for (const Graph& graph : program.graphs) {
    std::vector<std::int32_t>& offsets = plan.offsets.emplace_back();
    for (std::size_t i = 0; i < graph.values.size(); ++i) offsets.push_back(IntegerAt(entry->data, next++));
  }
  return plan;
}

}  // namespace tfld::engine
