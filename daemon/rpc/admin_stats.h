// The answer to GetStats, from what is counted.
#pragma once

#include <string>

namespace tfld::v1 {
class DaemonStats;
class GetStatsRequest;
class GetStatsResponse;
}  // namespace tfld::v1

namespace tfld::daemon {

class UserNames;
struct AdminContext;

// Versions that were asked for or are in service; counts of a version that is gone stay visible for a while.
void DescribeStats(const AdminContext& context, const v1::GetStatsRequest& request, UserNames& names,
                   v1::GetStatsResponse& response);

}  // namespace tfld::daemon
