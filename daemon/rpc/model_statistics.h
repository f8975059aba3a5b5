// The protocol's statistics of models, from what was counted.
#pragma once

#include "engine/base/status.h"

namespace inference {
class ModelStatisticsRequest;
class ModelStatisticsResponse;
}  // namespace inference

namespace tfld::daemon {

class RequestStats;
class ServingMap;

// Of the versions that serve: one of them, or with an empty name all. NOT_FOUND as ServingMap::Acquire.
Status ReportStatistics(const ServingMap& map, const RequestStats& stats,
                        const inference::ModelStatisticsRequest& request, inference::ModelStatisticsResponse& response);

}  // namespace tfld::daemon
