// The manager's words in those of tfld.v1, for the admin service.
#pragma once

#include "daemon/lifecycle/manager.h"
#include "daemon/scheduler/request_stats.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::daemon {

v1::VersionState ToProto(VersionState state);
void ToProto(const VersionStatus& status, v1::VersionStatus& out);
void ToProto(const ModelStatus& status, v1::ModelStatus& out);
void ToProto(const HistoryEvent& event, v1::HistoryEvent& out);
void ToProto(const VersionRequestStats& stats, v1::ModelStats& out);

}  // namespace tfld::daemon
