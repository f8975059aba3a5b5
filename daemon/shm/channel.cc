#include "daemon/shm/channel.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/shm/slot_wake.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

const engine::EntryPoint& EntryOf(const ServedVersion& served) {
  return served.instance->executable().entry_points()[0];
}

// The same version object, not merely one at the same address.
bool IsSame(const std::weak_ptr<const ServedVersion>& a, const std::shared_ptr<const ServedVersion>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace

Result<std::shared_ptr<Channel>> Channel::Open(const ShmContext& context, const JobClient& client,
                                               const ChannelRequest& request, std::size_t max_bytes) {
  TFLD_ASSIGN_OR_RETURN(const auto served, context.map->Acquire(request.model, request.version));
  TFLD_ASSIGN_OR_RETURN(ChannelLayout layout, LayOutChannel(served->instance->executable(), request.slots, max_bytes));
  TFLD_ASSIGN_OR_RETURN(ChannelMemory region, ChannelMemory::Create(layout.region_bytes));
  std::shared_ptr<Channel> channel(new Channel(context, client, request, std::move(layout), std::move(region)));
  channel->first_version_ = served->version;
  channel->followed_ = served;
  channel->doorbell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (channel->doorbell_ < 0) return ErrnoStatus(errno, "cannot make an eventfd");
  TFLD_RETURN_IF_ERROR(context.scheduler->Watch(channel->doorbell_, channel));
  return channel;
}

Channel::Channel(const ShmContext& context, const JobClient& client, const ChannelRequest& request,
                 ChannelLayout layout, ChannelMemory region)
    : context_(context),
      client_(client),
      model_(request.model),
      version_(request.version),
      layout_(std::move(layout)),
      memory_(std::move(region)),
      jobs_(std::make_unique<SlotJob[]>(layout_.slots)) {
  header().magic = channel::kMagic;
  header().protocol = channel::kProtocol;
  header().state = channel::kOpen;
  for (std::size_t i = 0; i < layout_.slots; ++i) {
    jobs_[i].Attach(this, memory_.data() + layout_.slot_offset + i * layout_.slot_stride);
  }
}

// Nobody watches the doorbell any more: its source was a reference. A client that has gone may have left the memory
// with somebody who keeps it, while it counts as ours: only the header stays, which says that the channel is closed.
// One whose channel we ended still reads there what it had.
Channel::~Channel() {
  if (closed()) memory_.DiscardFrom(layout_.slot_offset);
  if (doorbell_ >= 0) ::close(doorbell_);
}

void Channel::Close(bool cancel) {
  cancelled_.store(cancel, std::memory_order_relaxed);
  context_.scheduler->Unwatch(doorbell_);
  std::atomic_ref(header().state).store(channel::kClosed, std::memory_order_seq_cst);
  for (std::size_t i = 0; i < layout_.slots; ++i) WakeSleepers(jobs_[i].header());
}

// The doorbell is never read: the client has it too, and could make a read block. What the client writes to the bits
// decides only which slots are looked at. A client that posts its slots in turn, and waits for them in turn, is served
// in that order: the look begins where the last one ended.
void Channel::OnReady() {
  activity_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t all = ~std::uint64_t{0} >> (channel::kMaxSlots - layout_.slots);
  std::uint64_t posted = std::atomic_ref(header().posted).exchange(0, std::memory_order_seq_cst) & all;
  const auto first = static_cast<int>(next_slot_);
  for (posted = std::rotr(posted, first); posted != 0; posted &= posted - 1) {
    const std::size_t slot = static_cast<std::size_t>(std::countr_zero(posted) + first) % channel::kMaxSlots;
    next_slot_ = (slot + 1) % channel::kMaxSlots;
    jobs_[slot].Start();
  }
}

Result<std::shared_ptr<const ServedVersion>> Channel::Follow() {
  TFLD_RETURN_IF_ERROR(context_.readiness->Check());
  TFLD_ASSIGN_OR_RETURN(auto served, context_.map->Acquire(model_, version_));
  if (IsSame(followed_, served)) return served;
  if (!Fits(layout_, EntryOf(*served))) {
    return FailedPrecondition(StrCat("version ", served->version, " of ", model_,
                                     " has other inputs or outputs than what was bound: bind the model again"));
  }
  followed_ = served;
  return served;
}

bool Channel::busy() const {
  return std::any_of(jobs_.get(), jobs_.get() + layout_.slots, [](const SlotJob& job) { return job.busy(); });
}

}  // namespace tfld::daemon
