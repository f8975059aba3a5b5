// Numbers, times and states as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "client/ctl/table.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

std::string BytesText(std::uint64_t bytes);           // "512 B", "17.2 KiB"
std::string DurationText(double microseconds);        // "83 us", "1.25 ms", "2.10 s"; "-" for 0
std::string UptimeText(double seconds);               // "12 s", "3 min 5 s", "4 h 10 min", "3 d 4 h"
std::string TimeText(std::int64_t seconds);           // local time, "2026-11-21 11:43:05"; "-" for 0
std::string StateName(v1::VersionState state);        // "active"
Cell StateCell(v1::VersionState state);               // with its colour
std::string PlainNumber(double value, int decimals);  // "12.50"

}  // namespace tfld::ctl
