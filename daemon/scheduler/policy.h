// Policy: which job that waits runs next, and how many may wait. A pure object: time comes from outside, it has no
// threads, and after its construction it allocates nothing.
//
// The order:
// 1. Classes are strict: critical before normal before background. But one background job runs before normal ones when
// none has been started for `aging` while some waited, so that background work goes on, if slowly, whatever the normal
// load. Nothing goes before critical jobs.
// 2. Inside a class clients get fair shares by start-time fair queueing (Goyal, Vin, Cheng 1996): a client's jobs form
// a flow; a flow's start tag is the virtual time at which its next job may start; the least start tag is served;
// virtual time is the start tag of what was served last; serving moves the flow's tag on by the job's cost over the
// client's weight. A flow that comes to wait starts at the present virtual time at the earliest, so that idling saves
// up nothing. The cost is at first the estimate, and is put right when the job has ended (Charge).
// 3. Inside a flow the earliest deadline is first, then arrival.
//
// So deadlines order a client's own jobs alone: a client that floods with short deadlines, or with whatever others,
// gets its share and no more.
//
// An executor may stay with a client for a turn, out of this order: for what the client had waiting when the turn
// began, as long as whoever would be next is delayed by no more than half of what that one had waited by then. The
// client pays as always, and waits for longer afterwards; but its jobs end together, so that it is woken once for
// several answers. There are no turns while anyone waits who has used no more than a fair share when it came.
//
// When a flow's turn comes and the model version of its next job runs on as many executors as it may, the flow steps
// aside (it is parked) until one of these is done. The client's jobs for other models wait with it. It steps aside,
// too, while its next job waits for others to run with it as one batch: until there are enough, or `max_delay` of the
// version is over, or the job's deadline is near.
//
// A batch takes jobs of one version and class out of turn; each flow pays for its own.
//
// The bounds: of all jobs that wait, of a client's and of a model version's.
//
// Thread rule: one thread at a time; the scheduler has it under its lock.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/scheduler/flow_table.h"
#include "daemon/scheduler/job.h"
#include "daemon/scheduler/refusal.h"

namespace tfld::daemon {

struct PolicyOptions {
  std::size_t capacity = 256;    // jobs that wait
  std::size_t per_client = 0;    // of these, in all classes of one client; 0: no bound of its own
  std::size_t per_instance = 0;  // of one model version; 0: no bound of its own
  std::size_t running = 64;      // jobs that are popped and not charged, at most
  std::chrono::nanoseconds aging = std::chrono::milliseconds(250);
};

// Whom an executor serves, and since when; the policy's own notes. A new one is nobody's turn.
struct Turn {
  Flow* flow = nullptr;  // perhaps another client's by now: it then gets the rest of the turn
  SteadyTime began{};
};

class Policy {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  explicit Policy(const PolicyOptions& options);

  // The job waits from now on; or why it does not. Ticket: cost and weight are set. The job's priority and deadline do
  // not change until it is popped.
  Refusal Push(Job& job, SteadyTime now);

  // The job to run next, taken out; null when there is none. To be charged when it has ended. `turn` is of the executor
  // that asks; without one the order is strict.
  Job* Pop(SteadyTime now, Turn* turn = nullptr);
  // The job that is to run in the middle of `running`, which would go on for `left`, taken out as by Pop; null for
  // none. Critical ones always are; others if they are short, and of a higher class, or of a client of the same class
  // that is behind in virtual time and would wait for much longer than its job takes: so a flood of large jobs costs a
  // client of small ones no more than an operator's time. What runs so is not preempted itself; short is what a
  // critical job may wait for it. Only jobs of instances with a second session qualify.
  Job* PopUrgent(const Job& running, Nanoseconds left);
  // Whether PopUrgent could give this job, which is about to wait or does, in the middle of one of the class `running`:
  // if not, nobody needs to ask because of it.
  static bool CouldBeUrgent(const Job& job, PriorityClass running, Nanoseconds left);
  // Takes jobs out that are to run as one batch with `leader`, which Pop has given: as many as the largest size of
  // batch has that they fill together, and appends them to `mates`: of the client whose turn it is, and then those of
  // the clients that are the furthest behind. Each is to be charged. `idle` executors that may run the version now
  // leave fewer for this batch: they take as many each, rather than look on.
  void PopMates(const Job& leader, std::vector<Job*>& mates, int idle = 0, Turn* turn = nullptr);
  // When Pop may find something that it did not find before though nothing happened: a job has waited long enough for
  // others. The far future when there is no such job.
  SteadyTime next_due() const { return first_held_ == nullptr ? SteadyTime::max() : EarliestHeld(); }
  // Once for every job that was popped: what it has really cost; 0 for one that did not run.
  void Charge(Job& job, Nanoseconds cost);

  // Takes every job out that is cancelled or whose deadline is not after `now`, at the end of `dead`.
  void TakeDead(SteadyTime now, std::vector<Job*>& dead);
  void TakeAll(std::vector<Job*>& all);

  // The estimated cost of what waits and would run before this job, which is about to be pushed, at least: the higher
  // classes, its own client's earlier deadlines, and the others' shares meanwhile.
  Nanoseconds CostAhead(const Job& job) const;

  std::size_t size() const { return size_; }
  // Without those of parked clients. When Pop finds nothing it is 0.
  std::size_t ready() const { return ready_; }
  std::size_t size(PriorityClass priority) const { return classes_[Index(priority)].size; }

 private:
  struct FlowOrder {
    static HeapLinks<Flow>& Links(Flow& flow) { return flow.links; }
    static bool Before(const Flow& a, const Flow& b) {
      return a.start != b.start ? a.start < b.start : a.sequence < b.sequence;
    }
  };
  struct Class {
    IntrusiveHeap<Flow, FlowOrder> flows;  // that have jobs waiting
    double now = 0;                        // virtual time
    double weight = 0;                     // of the flows, together
    int newcomers = 0;                     // of the flows
    Nanoseconds cost{0};                   // of the jobs, together
    std::size_t size = 0;                  // jobs
  };

  static std::size_t Index(PriorityClass priority) { return static_cast<std::size_t>(priority); }
  Class& ClassOf(const Flow& flow) { return classes_[Index(flow.priority)]; }
  std::size_t WaitingOf(JobClient client) const;
  // The next of the class; parks the flows whose turn it is and that may not run.
  Job* Next(Class& from);
  // The flow's next, if it may run; parks the flow otherwise.
  Job* NextOf(Flow& flow);
  Job* PopFrom(Class& from, Turn* turn = nullptr);
  // Whether an executor that has `ahead` to run first may take `next` of its turn's client and let `by_share` wait.
  bool MayStay(const Turn& turn, const Job& next, Nanoseconds ahead, const Job& by_share) const;
  // It leaves the queue to run; its flow pays what it is estimated to cost.
  void TakeOut(Job& job);
  void JoinMates(Job& job);
  void LeaveMates(Job& job);
  Job& NextMate(const Job& leader, Nanoseconds ahead, Turn* turn) const;
  // Whether the job is to wait for others of its version, which then is held.
  bool Holds(const Job& job);
  void Release(ModelInstance& instance);
  void ReleaseDue();
  SteadyTime EarliestHeld() const;
  static bool IsUrgent(const Job& job, const Job& running, Nanoseconds left);
  void List(Flow& flow);
  void Unlist(Flow& flow);
  void Park(Flow& flow, ModelInstance& instance);
  void Unpark(Flow& flow);
  // Takes a job that waits out of everything.
  void Remove(Job& job);

  const PolicyOptions options_;
  FlowTable table_;
  std::array<Class, kPriorityClasses> classes_;
  SteadyTime background_served_{};  // when a background job was last popped, or came to wait alone
  std::uint64_t next_sequence_ = 1;
  std::size_t size_ = 0;
  std::size_t ready_ = 0;
  Job* first_ = nullptr;  // all that wait, in the order of arrival
  Job* last_ = nullptr;
  SteadyTime now_{};                     // of the last Push or Pop
  ModelInstance* first_held_ = nullptr;  // versions whose jobs wait for others
};

}  // namespace tfld::daemon
