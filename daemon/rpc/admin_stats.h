// The answer to GetStats, from what is counted.
#pragma once

#include <string>

#include "engine/base/status.h"

namespace tfld::v1 {
class DaemonStats;
class GetStatsRequest;
class GetStatsResponse;
}  // namespace tfld::v1

namespace tfld::daemon {

class UserNames;
struct AdminContext;

// OK for no name and for a model that is there or was of late: counts of what is gone stay for a while. NOT_FOUND else.
Status CheckKnown(const AdminContext& context, const std::string& model);

// Versions that were asked for or are in service. NOT_FOUND for a named model that CheckKnown does not find.
Status DescribeStats(const AdminContext& context, const v1::GetStatsRequest& request, UserNames& names,
                     v1::GetStatsResponse& response);

}  // namespace tfld::daemon
