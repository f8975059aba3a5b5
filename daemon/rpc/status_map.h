// The one place where our statuses become gRPC's.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "engine/base/cut_text.h"
#include "engine/base/status.h"

namespace tfld::daemon {

// Of an error's text; gRPC's clients refuse metadata of more than 8 KB, and take the call for another error then.
inline constexpr std::size_t kMaxMessageBytes = 2000;

inline std::string MessageFor(const Status& status) { return std::string(CutText(status.message(), kMaxMessageBytes)); }

// The codes have the same numbers on purpose.
inline grpc::Status ToGrpc(const Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), MessageFor(status));
}

}  // namespace tfld::daemon
