#include "daemon/rpc/setting_calls.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "daemon/rpc/rpc_server.h"
#include "daemon/telemetry/log_format.h"
#include "daemon/telemetry/trace_settings.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using LogSetting = inference::LogSettingsRequest::SettingValue;

constexpr char kLogFormat[] = "ISO8601";

// Whether a level is logged, switched on or off, with what that means for the others.
LogLevel Switched(LogLevel current, LogLevel which, bool on) {
  if (on) return std::min(current, which);
  return std::max(current, static_cast<LogLevel>(static_cast<int>(which) + 1));
}

Status Wrong(const std::string& name, const char* expected) {
  return InvalidArgument(StrCat("log setting ", name, ": ", expected, " is expected"));
}

Status Apply(const std::string& name, const LogSetting& value, LogLevel& level) {
  if (name == "log_verbose_level") {
    if (!value.has_uint32_param()) return Wrong(name, "a whole number, 0 for none,");
    level = Switched(level, LogLevel::kDebug, value.uint32_param() > 0);
  } else if (name == "log_info" || name == "log_warning") {
    if (!value.has_bool_param()) return Wrong(name, "a bool");
    level = Switched(level, name == "log_info" ? LogLevel::kInfo : LogLevel::kWarning, value.bool_param());
  } else if (name == "log_error") {
    if (!value.has_bool_param() || !value.bool_param()) return Wrong(name, "true");
  } else if (name == "log_file") {
    if (!value.has_string_param() || !value.string_param().empty()) return Wrong(name, "an empty name");
  } else if (name == "log_format") {
    if (value.string_param() != kLogFormat) return Wrong(name, kLogFormat);
  } else {
    return InvalidArgument(StrCat("there is no log setting '", name.substr(0, 64), "'"));
  }
  return {};
}

void Describe(LogLevel level, inference::LogSettingsResponse& response) {
  auto& settings = *response.mutable_settings();
  settings["log_file"].set_string_param("");
  settings["log_info"].set_bool_param(level <= LogLevel::kInfo);
  settings["log_warning"].set_bool_param(level <= LogLevel::kWarning);
  settings["log_error"].set_bool_param(true);
  settings["log_verbose_level"].set_uint32_param(level == LogLevel::kDebug ? 1 : 0);
  settings["log_format"].set_string_param(kLogFormat);
}

}  // namespace

bool ChangesSettings(const inference::TraceSettingRequest& request) { return request.settings_size() > 0; }
bool ChangesSettings(const inference::LogSettingsRequest& request) { return request.settings_size() > 0; }

Status ApplyTraceSettings(TraceSettings& settings, const inference::TraceSettingRequest& request,
                          inference::TraceSettingResponse& response) {
  std::vector<TraceSetting> changes;
  for (const auto& [name, value] : request.settings()) {
    changes.push_back({name, {value.value().begin(), value.value().end()}});
  }
  if (!changes.empty()) TFLD_RETURN_IF_ERROR(settings.Set(request.model_name(), changes));
  for (const TraceSetting& setting : settings.Get(request.model_name())) {
    auto& values = *(*response.mutable_settings())[setting.name].mutable_value();
    values.Add(setting.values.begin(), setting.values.end());
  }
  return {};
}

void ChangeLogLevel(LogLevel level, const std::string& actor) {
  const LogLevel lower = std::min(level, CurrentLogLevel());
  SetLogLevel(lower);
  Log(std::max(lower, LogLevel::kInfo), "log level", {{"level", std::string(LogLevelName(level))}, {"actor", actor}});
  SetLogLevel(level);
  SetRpcLogVerbose(level == LogLevel::kDebug);
}

// The graver level first, whatever the order of the map, so that what is asked to be logged is.
Status ApplyLogSettings(const inference::LogSettingsRequest& request, const std::string& actor,
                        inference::LogSettingsResponse& response) {
  LogLevel level = CurrentLogLevel();
  std::vector<std::string> names;
  for (const auto& [name, value] : request.settings()) names.push_back(name);
  std::ranges::sort(names, std::greater<>());  // log_warning, log_verbose_level, log_info
  for (const std::string& name : names) TFLD_RETURN_IF_ERROR(Apply(name, request.settings().at(name), level));
  if (!names.empty()) ChangeLogLevel(level, actor);
  Describe(level, response);
  return {};
}

}  // namespace tfld::daemon
