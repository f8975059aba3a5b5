#include "engine/kernels/reference/flex_options.h"

// Numbers in strings are not read here; their conversion would need the compiled part of the library.
#define FLATBUFFERS_LOCALE_INDEPENDENT 0
#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/base/str_cat.h"

namespace tfld::engine::reference {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;  // real options have tens to hundreds
constexpr std::size_t kMinBytes = 3;          // the root's value, type and width

// A copy that is aligned for every width, and ends in zeros: the verifier does not make sure that names end.
std::vector<std::uint64_t> AlignedCopy(std::span<const std::byte> bytes) {
  std::vector<std::uint64_t> words(bytes.size() / sizeof(std::uint64_t) + 2, 0);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

// The greatest int64 is not a double: the bounds are those that a double can tell.
std::int64_t Truncate(double number) {
  constexpr double kBound = 9.2e18;
  if (!(number > -kBound && number < kBound)) return std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(number);
}

}  // namespace

Result<FlexOptions> FlexOptions::Read(const OpContext& context) {
  const std::span<const std::byte> bytes = context.node().custom_options;
  FlexOptions options(context);
  if (bytes.empty()) return options;
  const auto broken = [&] { return context.Error("the options are not a sound FlexBuffers map"); };
  if (bytes.size() < kMinBytes || bytes.size() > kMaxBytes) return broken();

  const std::vector<std::uint64_t> words = AlignedCopy(bytes);
  const auto* data = reinterpret_cast<const std::uint8_t*>(words.data());
  std::vector<std::uint8_t> tracker;  // keeps the verification linear in the size
  if (!flexbuffers::VerifyBuffer(data, bytes.size(), &tracker)) return broken();
  const flexbuffers::Reference root = flexbuffers::GetRoot(data, bytes.size());
  if (!root.IsMap()) return broken();

  const flexbuffers::Map map = root.AsMap();
  const flexbuffers::TypedVector keys = map.Keys();
  const flexbuffers::Vector values = map.Values();
  for (std::size_t i = 0; i < std::min(keys.size(), values.size()); ++i) {
    const flexbuffers::Reference value = values[i];
    Entry entry{.name = keys[i].AsKey(), .integer = 0, .number = 0};
    if (value.IsFloat()) {
      entry.number = value.AsDouble();
      entry.integer = Truncate(entry.number);
    } else if (value.IsIntOrUint() || value.IsBool()) {
      entry.integer = value.AsInt64();
      entry.number = static_cast<double>(entry.integer);
    } else {
      continue;
    }
    options.entries_.push_back(std::move(entry));
  }
  return options;
}

const FlexOptions::Entry* FlexOptions::Find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &Entry::name);
  return found == entries_.end() ? nullptr : &*found;
}

Result<const FlexOptions::Entry*> FlexOptions::Require(std::string_view name) const {
  const Entry* entry = Find(name);
  if (entry == nullptr) return context_->Error(StrCat("option \"", name, "\" is missing"));
  return entry;
}

Result<std::int32_t> FlexOptions::Int(std::string_view name) const {
  using Limits = std::numeric_limits<std::int32_t>;
  return IntBetween(name, Limits::min(), Limits::max());
}

Result<std::int32_t> FlexOptions::IntBetween(std::string_view name, std::int32_t min, std::int32_t max) const {
  TFLD_ASSIGN_OR_RETURN(const Entry* const entry, Require(name));
  if (entry->integer < min || entry->integer > max) {
    return context_->Error(StrCat("option \"", name, "\" is ", entry->integer, "; expected ", min, " to ", max));
  }
  return static_cast<std::int32_t>(entry->integer);
}

Result<float> FlexOptions::Float(std::string_view name) const {
  TFLD_ASSIGN_OR_RETURN(const Entry* const entry, Require(name));
  return static_cast<float>(entry->number);
}

Result<bool> FlexOptions::Bool(std::string_view name) const {
  TFLD_ASSIGN_OR_RETURN(const Entry* const entry, Require(name));
  return entry->integer != 0;
}

}  // namespace tfld::engine::reference
