// FakeJob: a job that records what happens to it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "daemon/scheduler/job.h"

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
    record_->times = times;
    record_->code = status.code();
    ++record_->finishes;
    record_->finishes.notify_all();
  }

 private:
  std::shared_ptr<JobRecord> record_;
  std::function<Status()> body_;
};

// Waits until the job has finished.
inline StatusCode WaitFor(JobRecord& record) {
  record.finishes.wait(0);
  return record.code;
}

}  // namespace tfld::test
