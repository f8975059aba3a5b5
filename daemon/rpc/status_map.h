// The one place where our statuses become gRPC's.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "engine/base/status.h"

namespace tfld::daemon {

// The codes have the same numbers on purpose.
inline grpc::Status ToGrpc(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()));
}

}  // namespace tfld::daemon
