// The manager's words in those of tfld.v1, for the admin service.
#pragma once

#include <chrono>

#include "daemon/lifecycle/manager.h"
#include "daemon/scheduler/request_stats.h"
#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/tracer.h"
#include "tfld/v1/admin.pb.h"

namespace tfld::daemon {

v1::VersionState ToProto(VersionState state);
void ToProto(const VersionStatus& status, v1::VersionStatus& out);
void ToProto(const ModelStatus& status, v1::ModelStatus& out);
void ToProto(const HistoryEvent& event, v1::HistoryEvent& out);
void ToProto(const VersionRequestStats& stats, v1::ModelStats& out);
void ToProto(const HistogramCounts& counts, v1::Histogram& out);
// `offset` is what has to be added to the monotonic clock for Unix time.
void ToProto(const RequestTrace& trace, std::chrono::nanoseconds offset, v1::RequestTrace& out);
void ToProto(const DaemonEvent& event, v1::WatchEvent& out);

}  // namespace tfld::daemon
