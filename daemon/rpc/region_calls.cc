#include "daemon/rpc/region_calls.h"

#include "daemon/rpc/region_registry.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {

Status ReportRegions(const RegionRegistry& regions, const PeerIdentity& caller,
                     const inference::SystemSharedMemoryStatusRequest& request,
                     inference::SystemSharedMemoryStatusResponse& response) {
  TFLD_ASSIGN_OR_RETURN(const auto found, regions.List(caller.uid, request.name()));
  for (const auto& [name, region] : found) {
    auto& status = (*response.mutable_regions())[name];
    status.set_name(name);
    status.set_key(region->key());
    status.set_offset(region->offset());
    status.set_byte_size(region->byte_size());
  }
  return {};
}

Status RegisterRegion(RegionRegistry& regions, const PeerIdentity& caller,
                      const inference::SystemSharedMemoryRegisterRequest& request) {
  return regions.Register(caller, request.name(), request.key(), request.offset(), request.byte_size());
}

Status UnregisterRegion(RegionRegistry& regions, const PeerIdentity& caller,
                        const inference::SystemSharedMemoryUnregisterRequest& request) {
  return regions.Unregister(caller.uid, request.name());
}

}  // namespace tfld::daemon
