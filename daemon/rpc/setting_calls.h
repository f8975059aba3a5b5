// The protocol's calls about what is traced and what is logged. Each changes what the request names, if anything, and
// answers with the settings that hold then.
//
// Thread rule: any thread. Who may change settings is decided by the caller: see ChangesSettings.
#pragma once

#include <string>

#include "daemon/telemetry/log.h"
#include "engine/base/status.h"

namespace inference {
class LogSettingsRequest;
class LogSettingsResponse;
class TraceSettingRequest;
class TraceSettingResponse;
}  // namespace inference

namespace tfld::daemon {

class TraceSettings;

bool ChangesSettings(const inference::TraceSettingRequest& request);
bool ChangesSettings(const inference::LogSettingsRequest& request);

// Errors are those of TraceSettings. That a named model exists has been made sure of.
Status ApplyTraceSettings(TraceSettings& settings, const inference::TraceSettingRequest& request,
                          inference::TraceSettingResponse& response);

// The one way to change the level of the log, and with it gRPC's. That `actor` has done so stands in the log in any
// case.
void ChangeLogLevel(LogLevel level, const std::string& actor);

// The daemon's log has a level: log_verbose_level above 0 stands for "debug", then log_info, log_warning and log_error
// for theirs, each with what is graver; errors are always logged. Where it goes (log_file, always empty) and how it
// looks (log_format, always "ISO8601") is a matter of configuration. INVALID_ARGUMENT for anything else, and then
// nothing has changed.
Status ApplyLogSettings(const inference::LogSettingsRequest& request, const std::string& actor,
                        inference::LogSettingsResponse& response);

}  // namespace tfld::daemon
