#include "client/ctl/exit_status.h"

#include "client/src/socket_probe.h"

namespace tfld::ctl {

ExitStatus ExitStatusOf(const Status& status, const std::string& runtime_dir) {
  if (status.ok()) return kSuccess;
  if (status.code() != StatusCode::kUnavailable) return kFailure;
  // All of them: this user may not be allowed to connect to each.
  for (const char* socket : {"/tfld.sock", "/admin.sock", "/metrics.sock"}) {
    if (client::ProbeSocket(runtime_dir + socket).ok()) return kFailure;
  }
  return kNoDaemon;
}

}  // namespace tfld::ctl
