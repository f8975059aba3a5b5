// Channel: one client's shared memory with one model: slots, a doorbell, and a job for each slot.
//
// The model is looked up at each request, so a channel follows swaps, pins no version while it is idle, and refuses
// with FAILED_PRECONDITION when the version that answers now has other inputs or outputs than the channel was made for.
//
// Ownership: the server holds a channel while its client is connected, the scheduler as a source, and each request that
// is under way until it has ended; the memory goes with the last of them.
// Thread rule: OnReady as JobSource says; Close once, on the server's thread; the rest from any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/lifecycle/served_version.h"
#include "daemon/scheduler/job.h"
#include "daemon/scheduler/job_source.h"
#include "daemon/shm/channel_layout.h"
#include "daemon/shm/channel_memory.h"
#include "daemon/shm/shm_context.h"
#include "daemon/shm/slot_job.h"
#include "daemon/shm/welcome.h"

namespace tfld::daemon {

class Channel final : public JobSource, public std::enable_shared_from_this<Channel> {
 public:
  // Lays out, allocates, and begins to listen to the doorbell. What `context` points to outlives the channel. Errors:
  // those of ServingMap::Acquire, LayOutChannel, and of the system.
  static Result<std::shared_ptr<Channel>> Open(const ShmContext& context, const JobClient& client,
                                               const ChannelRequest& request, std::size_t max_bytes);
  ~Channel() override;

  // Takes no more requests and tells the client so. What waits is cancelled if `cancel`; what runs is still answered.
  void Close(bool cancel);

  void OnReady() override;

  // The version that answers now, pinned.
  Result<std::shared_ptr<const ServedVersion>> Follow();

  const ShmContext& context() const { return context_; }
  const JobClient& client() const { return client_; }
  const ChannelLayout& layout() const { return layout_; }
  // Nobody waits for answers any more.
  bool closed() const { return cancelled_.load(std::memory_order_relaxed); }

  // For the Welcome.
  std::uint64_t first_version() const { return first_version_; }
  ChannelMemory& memory() { return memory_; }
  int doorbell() const { return doorbell_; }

  // Grows with every look at the slots: who sees it stand still knows that the channel is idle.
  std::uint64_t activity() const { return activity_.load(std::memory_order_relaxed); }
  bool busy() const;

 private:
  Channel(const ShmContext& context, const JobClient& client, const ChannelRequest& request, ChannelLayout layout,
          ChannelMemory region);

  channel::RegionHeader& header() { return *reinterpret_cast<channel::RegionHeader*>(memory_.data()); }

  const ShmContext context_;  // its own: requests under way may outlive the server
  const JobClient client_;
  const std::string model_;
  const std::string version_;
  const ChannelLayout layout_;
  std::uint64_t first_version_ = 0;
  ChannelMemory memory_;
  int doorbell_ = -1;
  std::unique_ptr<SlotJob[]> jobs_;
  // OnReady alone uses these two.
  std::size_t next_slot_ = 0;                    // after the one that was taken last
  std::weak_ptr<const ServedVersion> followed_;  // whose tensors were compared last; an idle channel keeps none loaded
  std::atomic<bool> cancelled_ = false;          // written by Close
  std::atomic<std::uint64_t> activity_ = 0;      // written by OnReady
};

}  // namespace tfld::daemon
