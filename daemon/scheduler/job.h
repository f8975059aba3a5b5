// Job: one inference that waits for an executor.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "daemon/scheduler/intrusive_heap.h"
#include "daemon/scheduler/model_instance.h"
#include "daemon/scheduler/session_row.h"
#include "engine/base/status.h"

namespace tfld::daemon {

using SteadyTime = std::chrono::steady_clock::time_point;

// Classes are strict: a job of a class runs when no job of a higher one waits.
enum class PriorityClass : std::uint8_t { kCritical, kNormal, kBackground };
inline constexpr std::size_t kPriorityClasses = 3;

constexpr std::string_view PriorityClassName(PriorityClass priority) {
  switch (priority) {
    case PriorityClass::kCritical: return "critical";
    case PriorityClass::kNormal: return "normal";
    case PriorityClass::kBackground: return "background";
  }
  return "normal";
}

// Whose job it is, by the kernel's word. Fair shares are between clients, quotas are a user's.
struct JobClient {
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
  bool operator==(const JobClient&) const = default;
};

// When a job passed each stage; zero for a stage that it did not reach. Jobs of one batch pass the run together.
struct JobTimes {
  SteadyTime queued{};
  SteadyTime started{};
  SteadyTime input_done{};  // inputs are in the session
  SteadyTime infer_done{};
  SteadyTime finished{};
  int batch_size = 1;  // jobs that ran together with it as one inference, itself among them
};

class Job;
struct Flow;
struct UserUsage;

// The scheduler's own notes about a job that it has.
struct JobTicket {
  JobTimes times;
  std::chrono::nanoseconds cost{0};  // as estimated when it came
  double weight = 1;                 // its client's
  std::uint64_t sequence = 0;        // of arrival
  UserUsage* user = nullptr;
  Flow* flow = nullptr;
  HeapLinks<Job> links;     // in its flow
  Job* previous = nullptr;  // in the list of all that wait
  Job* next = nullptr;
  Job* previous_mate = nullptr;  // among those that wait for its instance and may run as one batch
  Job* next_mate = nullptr;
  bool follows = false;  // popped to run along with another
};

// Made, owned and ended by whoever decodes requests. From Submit, if it takes the job, to Finish it belongs to the
// scheduler; nobody else writes to its fields meanwhile.
class Job {
 public:
  virtual ~Job() = default;

  // Set before Submit.
  std::shared_ptr<ModelInstance> instance;  // the version that the job runs on; kept alive through a swap
  SteadyTime deadline = SteadyTime::max();  // a job that has not started by then ends with DEADLINE_EXCEEDED
  PriorityClass priority = PriorityClass::kNormal;
  SteadyTime posted{};  // when the client asked, as far as is known: a hint; the epoch when it is not
  JobClient client;
  std::uint64_t bytes = 0;  // that the request and its answer hold, for the user's quota
  // Its inputs are one row each, of the shapes that the model was planned with, and no strings: Load and Store work on
  // a row of a batch too.
  bool may_batch = false;

  // Any thread. A job that is cancelled before it starts does not run and ends with CANCELLED.
  virtual bool cancelled() const = 0;

  // On an executor: fill the inputs, and after the run read the outputs while they are valid. A job that overrides Run
  // needs neither.
  virtual Status Load(const SessionRow& row);
  virtual Status Store(const SessionRow& row);

  // On an executor: all of a job that runs alone. Sets input_done and infer_done. A session serves one caller after the
  // other, and nothing of a model's state may go from one request to the next: it is reset first.
  virtual Status Run(engine::Session& session, JobTimes& times);

  // Exactly once for every job that Submit took, and the last that the scheduler does with it: the job may be destroyed
  // or set up for another Submit, also in here. On an executor, on the stopping thread, or on a thread that submits.
  // Must not block, and must not submit: a job that is used again is submitted later.
  virtual void Finish(const Status& status, const JobTimes& times) = 0;

  JobTicket ticket;  // the scheduler's own, while it has the job
};

}  // namespace tfld::daemon
