// The daemon's log: one line an event, with fields. Rooms return statuses; the daemon logs each event once, here.
//
//   Log(LogLevel::kInfo, "version active", {{"model", name}, {"version", "2"}});
//
// Thread rule: any thread, after SetUpLog.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "daemon/settings/settings.h"

namespace tfld::daemon {

struct LogField {
  std::string_view key;  // lower_snake; journald gets it as TFLD_LOWER_SNAKE
  std::string value;
};

// Before anything logs. kAuto becomes kJournal when standard error is connected to the journal, kText otherwise.
void SetUpLog(LogLevel level, LogFormat format);

// What is less than this is not logged. Any thread, after SetUpLog.
void SetLogLevel(LogLevel level);
LogLevel CurrentLogLevel();

void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace tfld::daemon
