// FakeJob: a job that records what happens to it, and is gone when it has finished.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "daemon/scheduler/job.h"
#include "daemon/scheduler/scheduler.h"

namespace tfld::test {

// Outlives the job, so that a test can look at it.
struct JobRecord {
  std::atomic<bool> cancelled{false};
  std::atomic<int> runs{0};
  std::atomic<int> finishes{0};
  std::atomic<StatusCode> code{StatusCode::kUnknown};
  daemon::JobTimes times;  // valid once finishes is 1
};

class FakeJob : public daemon::Job {
 public:
  FakeJob(std::shared_ptr<JobRecord> record, std::shared_ptr<daemon::ModelInstance> model,
          std::function<Status()> body = {})
      : record_(std::move(record)), body_(std::move(body)) {
    instance = std::move(model);
  }

  bool cancelled() const override { return record_->cancelled; }

  Status Run(engine::Session& session, daemon::JobTimes&) override {
    ++record_->runs;
    if (body_) return body_();
    return session.Run();
  }

  void Finish(const Status& status, const daemon::JobTimes& times) override {
    const std::shared_ptr<JobRecord> record = std::move(record_);
    delete this;
    record->times = times;
    record->code = status.code();
    ++record->finishes;
    record->finishes.notify_all();
  }

 private:
  std::shared_ptr<JobRecord> record_;
  std::function<Status()> body_;
};

// Gives the job to the scheduler, or destroys it when it is refused.
inline Status Submit(daemon::Scheduler& scheduler, std::unique_ptr<FakeJob> job) {
  FakeJob* submitted = job.release();
  Status status = scheduler.Submit(*submitted);
  if (!status.ok()) delete submitted;
  return status;
}

// Waits until the job has finished.
inline StatusCode WaitFor(JobRecord& record) {
  record.finishes.wait(0);
  return record.code;
}

}  // namespace tfld::test
