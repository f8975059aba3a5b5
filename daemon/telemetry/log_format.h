// How an event looks in each format of the log.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "daemon/telemetry/log.h"

namespace tfld::daemon {

// version active model=kws version=2   (values with spaces, quotes or control characters are quoted)
std::string FormatText(std::string_view event, std::initializer_list<LogField> fields);

// {"time":"2026-01-31T12:00:00.000Z","level":"info","event":"version active","model":"kws","version":"2"}
std::string FormatJson(std::string_view time, LogLevel level, std::string_view event,
                       std::initializer_list<LogField> fields);

// A datagram of the journal's native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL).
std::string FormatJournal(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

std::string_view LogLevelName(LogLevel level);

}  // namespace tfld::daemon
