// SlotJob: the request of one slot of a channel, used again for each request, so that none is allocated.
//
// What the client writes is read once, into this object, and judged there. Inputs that may change during a run
// (TensorInfo::may_change) are read where they lie, and outputs that may are written there; the others are copied into
// the session before the run, and out of it after it.
//
// Thread rule: Start runs inside the channel's OnReady, Load, Store and Finish on whatever thread the scheduler has;
// `busy_` says who owns the object. A slot whose job is busy is not started, whatever its client writes there.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "daemon/lifecycle/served_version.h"
#include "daemon/scheduler/job.h"
#include "proto/channel/memory.h"

namespace tfld::daemon {

class Channel;

class SlotJob final : public Job {
 public:
  // Once, before anything else. `channel` owns this object; `slot` is its place in the shared memory.
  void Attach(Channel* channel, std::byte* slot);

  bool busy() const { return busy_.load(std::memory_order_acquire); }

  // Takes the request that the slot holds, if it was posted and the job is not busy, and submits or answers it.
  void Start();

  bool cancelled() const override;
  Status Load(const SessionRow& row) override;
  Status Store(const SessionRow& row) override;
  Status Run(engine::Session& session, JobTimes& times) override;
  void Finish(const Status& status, const JobTimes& times) override;

  channel::SlotHeader& header() const { return *reinterpret_cast<channel::SlotHeader*>(slot_); }

 private:
  const engine::EntryPoint& entry() const { return instance->executable().entry_points()[0]; }
  channel::Request ReadRequest() const;
  Status Prepare(const channel::Request& request);
  Status FitShapes(engine::Session& session) const;
  Status BindOutputs(engine::Session& session) const;
  void Observe(const Status& status, const JobTimes& times) const;
  void WriteAnswer(const Status& status, const JobTimes& times) const;

  Channel* channel_ = nullptr;
  std::byte* slot_ = nullptr;
  std::atomic<bool> busy_ = false;  // set by Start, cleared by Finish
  // While busy:
  std::shared_ptr<Channel> keep_;
  std::shared_ptr<const ServedVersion> served_;
  std::uint64_t id_ = 0;
  SteadyTime received_{};
};

}  // namespace tfld::daemon
