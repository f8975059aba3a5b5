// The protocol's calls about system shared memory, over the registry. Thread rule: any thread.
#pragma once

#include "engine/base/status.h"

namespace inference {
class SystemSharedMemoryRegisterRequest;
class SystemSharedMemoryStatusRequest;
class SystemSharedMemoryStatusResponse;
class SystemSharedMemoryUnregisterRequest;
}  // namespace inference

namespace tfld::daemon {

class RegionRegistry;
struct PeerIdentity;

// All three for the regions of the caller's user. Errors are the registry's.
Status ReportRegions(const RegionRegistry& regions, const PeerIdentity& caller,
                     const inference::SystemSharedMemoryStatusRequest& request,
                     inference::SystemSharedMemoryStatusResponse& response);
Status RegisterRegion(RegionRegistry& regions, const PeerIdentity& caller,
                      const inference::SystemSharedMemoryRegisterRequest& request);
Status UnregisterRegion(RegionRegistry& regions, const PeerIdentity& caller,
                        const inference::SystemSharedMemoryUnregisterRequest& request);

}  // namespace tfld::daemon
