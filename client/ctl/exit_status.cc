#include "client/ctl/exit_status.h"

#include "client/src/socket_probe.h"

namespace tfld::ctl {

ExitStatus ExitStatusOf(const Status& status, const std::string& runtime_dir) {
  if (status.ok()) return kSuccess;
  if (status.code() != StatusCode::kUnavailable) return kFailure;
  const Status probe = client::ProbeSocket(runtime_dir + "/admin.sock");
  return probe.code() == StatusCode::kUnavailable ? kNoDaemon : kFailure;
}

}  // namespace tfld::ctl
