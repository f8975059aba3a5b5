#include "daemon/scheduler/job.h"

namespace tfld::daemon {

Status Job::Load(const SessionRow&) { return {}; }
Status Job::Store(const SessionRow&) { return {}; }

Status Job::Run(engine::Session& session, JobTimes& times) {
  using std::chrono::steady_clock;
  const SessionRow row(session);
  session.Reset();
  TFLD_RETURN_IF_ERROR(Load(row));
  times.input_done = steady_clock::now();
  TFLD_RETURN_IF_ERROR(session.Run());
  times.infer_done = steady_clock::now();
  return Store(row);
}

}  // namespace tfld::daemon
