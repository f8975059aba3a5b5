#include "client/ctl/text.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "engine/base/str_cat.h"

namespace tfld::ctl {

std::string PlainNumber(double value, int decimals) {
  std::array<char, 512> buffer{};  // the greatest double has 309 digits before the point
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string BytesText(std::uint64_t bytes) {
  if (bytes < 1024) return StrCat(bytes, " B");
  constexpr std::array<std::string_view, 4> kUnits = {" KiB", " MiB", " GiB", " TiB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return StrCat(PlainNumber(value, 1), kUnits[unit]);
}

std::string DurationText(double microseconds) {
  if (microseconds <= 0) return "-";
  if (microseconds < 1000) return PlainNumber(microseconds, 0) + " us";
  if (microseconds < 1e6) return PlainNumber(microseconds / 1e3, 2) + " ms";
  return PlainNumber(microseconds / 1e6, 2) + " s";
}

std::string UptimeText(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  if (whole < 60) return StrCat(whole, " s");
  if (whole < 3600) return StrCat(whole / 60, " min ", whole % 60, " s");
  if (whole < 86400) return StrCat(whole / 3600, " h ", whole % 3600 / 60, " min");
  return StrCat(whole / 86400, " d ", whole % 86400 / 3600, " h");
}

std::string TimeText(std::int64_t seconds) {
  if (seconds == 0) return "-";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (::localtime_r(&time, &local) == nullptr) return "-";
  std::array<char, 32> buffer{};
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S", &local)};
}

std::string StateName(v1::VersionState state) {
  std::string name = v1::VersionState_Name(state);
  constexpr std::string_view kPrefix = "VERSION_STATE_";
  if (!name.starts_with(kPrefix)) return StrCat("state ", static_cast<int>(state));
  name.erase(0, kPrefix.size());
  for (char& c : name) c = static_cast<char>(c | 0x20);  // letters to lower case
  return name;
}

Cell StateCell(v1::VersionState state) {
  Color color = Color::kNone;
  if (state == v1::VERSION_STATE_ACTIVE || state == v1::VERSION_STATE_LOADED) color = Color::kGreen;
  if (state == v1::VERSION_STATE_WARMING || state == v1::VERSION_STATE_DRAINING) color = Color::kYellow;
  if (state == v1::VERSION_STATE_FAILED) color = Color::kRed;
  if (state == v1::VERSION_STATE_RETIRED) color = Color::kDim;
  return {StateName(state), color};
}

}  // namespace tfld::ctl
