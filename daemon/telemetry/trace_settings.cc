#include "daemon/telemetry/trace_settings.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxModels = 256;
constexpr std::uint32_t kDefaultRate = 1000;
constexpr std::int64_t kNoEnd = -1;
constexpr char kMode[] = "opentelemetry";

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Status Wrong(const TraceSetting& setting, std::string_view expected) {
  std::string given;
  for (const std::string& value : setting.values) given += StrCat(given.empty() ? "" : ", ", "'", value, "'");
  return InvalidArgument(StrCat("trace setting ", setting.name, ": ", given, " was given, ", expected, " is expected"));
}

}  // namespace

Status TraceSettings::Apply(const TraceSetting& change, Choice& choice) {
  const bool clear = change.values.empty();
  const std::string_view value = change.values.size() == 1 ? std::string_view(change.values[0]) : std::string_view();
  if (change.name == "trace_level") {
    if (!clear && value != "OFF" && value != "TIMESTAMPS") return Wrong(change, "OFF or TIMESTAMPS");
    choice.on = clear ? std::nullopt : std::optional(value == "TIMESTAMPS");
  } else if (change.name == "trace_rate") {
    const auto rate = ParseNumber<std::uint32_t>(value);
    if (!clear && (!rate || *rate == 0)) return Wrong(change, "a whole number from 1");
    choice.rate = rate;
  } else if (change.name == "trace_count") {
    const auto count = ParseNumber<std::int64_t>(value);
    if (!clear && (!count || *count < kNoEnd)) return Wrong(change, "a whole number from -1");
    choice.count = count;
  } else if (change.name == "trace_mode") {
    if (!clear && value != kMode) return Wrong(change, kMode);
  } else if (change.name == "log_frequency") {
    if (!clear && value != "0") return Wrong(change, "0");
  } else if (change.name == "trace_file") {
    if (!clear && !(change.values.size() == 1 && value.empty())) return Wrong(change, "no file, but an empty name,");
  } else {
    return InvalidArgument(StrCat("there is no trace setting '", change.name, "'"));
  }
  return {};
}

const TraceSettings::Rule* TraceSettings::Find(std::string_view model) const {
  const auto found = models_.find(model);
  return found == models_.end() ? nullptr : &found->second;
}

std::vector<TraceSetting> TraceSettings::Get(std::string_view model) const {
  const std::lock_guard lock(mutex_);
  const Rule* own = Find(model);
  const Choice mine = own ? own->choice : global_.choice;
  const bool on = mine.on.value_or(global_.choice.on.value_or(false));
  const Rule& counted = mine.count && own ? *own : global_;
  std::int64_t left = counted.choice.count.value_or(kNoEnd);
  if (left != kNoEnd) left = std::max<std::int64_t>(0, left - static_cast<std::int64_t>(counted.traced));
  return {{"log_frequency", {"0"}},
          {"trace_count", {StrCat(left)}},
          {"trace_file", {""}},
          {"trace_level", {on ? "TIMESTAMPS" : "OFF"}},
          {"trace_mode", {kMode}},
          {"trace_rate", {StrCat(mine.rate.value_or(global_.choice.rate.value_or(kDefaultRate)))}}};
}

Status TraceSettings::Set(std::string_view model, std::span<const TraceSetting> changes) {
  const std::lock_guard lock(mutex_);
  const Rule* own = model.empty() ? &global_ : Find(model);
  Rule next = own ? *own : Rule();
  for (const TraceSetting& change : changes) {
    TFLD_RETURN_IF_ERROR(Apply(change, next.choice));
    if (change.name == "trace_count") next.traced = 0;
    if (change.name == "trace_level") next.seen = 0;
  }
  if (model.empty()) {
    global_ = next;
  } else if (next.choice == Choice()) {
    Erase(model);
  } else if (own || models_.size() < kMaxModels) {
    models_.insert_or_assign(std::string(model), next);
  } else {
    return ResourceExhausted(StrCat("more than ", kMaxModels, " models with trace settings of their own"));
  }
  UpdateAny();
  return {};
}

void TraceSettings::Forget(std::string_view model) {
  const std::lock_guard lock(mutex_);
  Erase(model);
  UpdateAny();
}

void TraceSettings::Erase(std::string_view model) {
  if (const auto found = models_.find(model); found != models_.end()) models_.erase(found);
}

void TraceSettings::UpdateAny() {
  const bool on = global_.choice.on.value_or(false) || std::ranges::any_of(models_, [](const auto& entry) {
                    return entry.second.choice.on.value_or(false);
                  });
  any_.store(on, std::memory_order_relaxed);
}

// A model with any setting of its own counts its own requests; all others are counted together.
bool TraceSettings::Sample(std::string_view model) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(model);
  Rule& rule = found == models_.end() ? global_ : found->second;
  const Choice& choice = rule.choice;
  const Choice& all = global_.choice;
  if (!choice.on.value_or(all.on.value_or(false))) return false;
  if (rule.seen++ % choice.rate.value_or(all.rate.value_or(kDefaultRate)) != 0) return false;
  Rule& counted = choice.count ? rule : global_;
  const std::int64_t limit = counted.choice.count.value_or(kNoEnd);
  if (limit != kNoEnd && counted.traced >= static_cast<std::uint64_t>(limit)) return false;
  ++counted.traced;
  return true;
}

}  // namespace tfld::daemon
