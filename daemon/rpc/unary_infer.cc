#include "daemon/rpc/unary_infer.h"

#include <grpcpp/support/server_callback.h>

#include "daemon/rpc/status_map.h"

namespace tfld::daemon {

void UnaryInfer::Done(const Status& status) {
  reactor_.Finish(ToGrpc(status));  // the call and its job may serve another request from here on
}

}  // namespace tfld::daemon
