// Messages of the admin service as JSON, for scripts. Times are Unix seconds; what is not set is null.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/base/status.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::ctl {

nlohmann::ordered_json ToJson(const v1::VersionStatus& version);
nlohmann::ordered_json ToJson(const v1::ModelStatus& model);
nlohmann::ordered_json ToJson(const v1::HistoryEvent& event);
nlohmann::ordered_json ToJson(const v1::ModelStats& stats);
nlohmann::ordered_json ToJson(const v1::DaemonStats& stats);
nlohmann::ordered_json ToJson(const v1::GetServerInfoResponse& server);
// Times of stages are microseconds after the arrival.
nlohmann::ordered_json ToJson(const v1::RequestTrace& trace);
nlohmann::ordered_json ToJson(const v1::WatchEvent& event);
// {"error": {"code": "NOT_FOUND", "message": "..."}}
nlohmann::ordered_json ToJson(const Status& error);

}  // namespace tfld::ctl
