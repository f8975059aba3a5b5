#include "client/src/channel_bound_model.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "client/src/slot_memory.h"
#include "client/src/slot_waiter.h"
#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

using Clock = SlotWaiter::Clock;

// After a rest this long, a look whether the daemon is still there costs nothing that matters.
constexpr std::chrono::milliseconds kRest{5};

Clock::time_point DeadlineOf(std::chrono::nanoseconds timeout, Clock::time_point now) {
  return timeout >= Clock::time_point::max() - now ? Clock::time_point::max() : now + timeout;
}

std::uint32_t ToWire(Priority priority) { return static_cast<std::uint32_t>(priority); }

class ChannelBoundModel final : public BoundModel {
 public:
  ChannelBoundModel(std::shared_ptr<ChannelGroup> group, std::size_t slot)
      : group_(std::move(group)), link_(group_->link()), form_(link_->form()), slot_(slot) {}

  ~ChannelBoundModel() override {
    if (under_way_) Cancel();
  }

  Status Prepare() { return slot_.Map(*link_); }

  const ModelInfo& info() const override { return form_.info; }
  std::string_view transport() const override { return "channel"; }
  const std::vector<std::int64_t>& input_shape(std::size_t index) const override { return form_.inputs[index].shape; }
  std::span<std::byte> input(std::size_t index) override { return slot_.bytes(form_.inputs[index]); }

  Status SetInput(std::size_t index, std::span<const std::int64_t> shape, std::size_t) override {
    const std::vector<std::int64_t>& mine = form_.inputs[index].shape;
    if (!std::ranges::equal(shape, mine)) {
      return Unimplemented(StrCat("input ", form_.info.inputs[index].name, " has the shape ", ShapeText(mine),
                                  " in a channel, and no other"));
    }
    std::ranges::fill(input(index), std::byte{0});
    return {};
  }

  Status Start(const InferOptions& options) override {
    version_ = 0;
    options_ = options;
    posted_ = Clock::now();
    deadline_ = DeadlineOf(options.timeout, posted_);
    TFLD_RETURN_IF_ERROR(FindLink());
    TFLD_RETURN_IF_ERROR(EndAbandoned());
    Post();
    return {};
  }

  // A request that has to be posted again is, so that Wait has nothing to do but to wait.
  bool done() override {
    if (State() == channel::kDone || !ended_.ok() || Clock::now() >= deadline_) return true;
    const bool closed = link_->closed_before(slot_.index());
    const bool dead = closed || link_->gone();
    if (State() == channel::kDone) return true;  // it came meanwhile
    if (!dead) return false;
    ended_ = Lose(closed);
    if (closed) ended_ = PostAgain();
    return !ended_.ok();
  }

  Status Wait() override {
    if (!ended_.ok()) return std::exchange(ended_, {});
    Status status = WaitOnce();
    if (status.ok() || !closed_) return status;
    TFLD_RETURN_IF_ERROR(PostAgain());
    return WaitOnce();
  }

  std::uint64_t version() const override { return version_; }
  std::span<const std::byte> output(std::size_t index) const override { return slot_.bytes(form_.outputs[index]); }
  std::vector<std::int64_t> output_shape(std::size_t index) const override { return form_.outputs[index].shape; }

 private:
  std::uint32_t State() const { return std::atomic_ref(slot_.header().state).load(std::memory_order_acquire); }

  // Makes sure that somebody is at the other end.
  Status FindLink() {
    const bool rested = posted_ - last_answer_ > kRest;
    if (!lost_ && !link_->closed() && !(rested && link_->gone())) return {};
    lost_ = true;
    auto link = group_->Renew(link_, deadline_);
    if (link.status().code() == StatusCode::kUnavailable && Clock::now() >= deadline_) {
      return DeadlineExceeded("the daemon opened no channel within the timeout");
    }
    TFLD_RETURN_IF_ERROR(link.status());
    TFLD_RETURN_IF_ERROR(slot_.Map(**link));  // takes the inputs along, which may go with the old link
    link_ = *std::move(link);
    lost_ = closed_ = abandoned_ = false;
    return {};
  }

  // The request before this one was given up, but the daemon may still be at it.
  Status EndAbandoned() {
    if (!abandoned_) return {};
    switch (waiter_.Wait(slot_, *link_, posted_, deadline_)) {
      case SlotWaiter::Outcome::kAnswered: abandoned_ = false; return {};
      case SlotWaiter::Outcome::kLate:
        return DeadlineExceeded("the request before this one, which was given up, is still running");
      default: lost_ = true; return FindLink();  // that request is over with its channel
    }
  }

  void Post() {
    channel::Request& request = slot_.header().request;
    request.id = ++id_;
    request.deadline_ns = deadline_ == Clock::time_point::max() ? 0 : deadline_.time_since_epoch().count();
    request.priority = ToWire(options_.priority);
    request.posted_ns = posted_.time_since_epoch().count();
    std::atomic_ref(request.cancelled).store(0, std::memory_order_relaxed);
    std::atomic_ref(slot_.header().state).store(channel::kPosted, std::memory_order_release);
    link_->Ring(slot_.index());
    under_way_ = true;
  }

  // The daemon closed the channel before it took the request, so this is no second run of it.
  Status PostAgain() {
    TFLD_RETURN_IF_ERROR(FindLink());
    Post();
    return {};
  }

  void Cancel() { std::atomic_ref(slot_.header().request.cancelled).store(1, std::memory_order_relaxed); }

  Status WaitOnce() {
    const SlotWaiter::Outcome outcome = waiter_.Wait(slot_, *link_, posted_, deadline_);
    under_way_ = false;
    switch (outcome) {
      case SlotWaiter::Outcome::kAnswered: return ReadAnswer();
      case SlotWaiter::Outcome::kLate:
        abandoned_ = true;
        Cancel();
        return DeadlineExceeded("no answer came within the timeout");
      case SlotWaiter::Outcome::kClosed: return Lose(/*closed=*/true);
      default: return Lose(/*closed=*/false);
    }
  }

  // The link is dead; `closed` if the daemon had not taken the request.
  Status Lose(bool closed) {
    lost_ = true;
    closed_ = closed;
    under_way_ = false;
    return Unavailable(closed ? "the daemon takes no more requests" : "the daemon ended while it had the request");
  }

  Status ReadAnswer() {
    const channel::SlotHeader& header = slot_.header();
    const channel::Answer& answer = header.answer;
    last_answer_ = Clock::now();
    if (answer.id != id_) return Internal("the answer is not that of the request");
    if (answer.finished_ns != 0) {
      waiter_.Learn(std::chrono::nanoseconds(answer.finished_ns) - posted_.time_since_epoch(),
                    std::chrono::nanoseconds(answer.started_ns - answer.queued_ns));
    }
    if (answer.code != 0) {
      const std::size_t length = std::min<std::size_t>(answer.message_bytes, channel::kMessageBytes);
      return Status(static_cast<StatusCode>(answer.code), std::string(header.message, length));
    }
    version_ = answer.version;
    return {};
  }

  const std::shared_ptr<ChannelGroup> group_;
  std::shared_ptr<const ChannelLink> link_;
  const ChannelForm form_;
  SlotMemory slot_;
  SlotWaiter waiter_;
  InferOptions options_;  // of the request under way, and so the next three
  std::uint64_t id_ = 0;
  Clock::time_point posted_{};
  Clock::time_point deadline_{};
  Clock::time_point last_answer_{};
  std::uint64_t version_ = 0;
  bool under_way_ = false;
  bool abandoned_ = false;  // the slot may still be the daemon's
  bool lost_ = false;       // the link is dead
  bool closed_ = false;     // and the daemon had not taken the request
  Status ended_;            // what Wait is to return, where done found that out
};

}  // namespace

std::shared_ptr<const ChannelLink> ChannelGroup::link() {
  const std::lock_guard lock(mutex_);
  return link_;
}

Result<std::shared_ptr<const ChannelLink>> ChannelGroup::Renew(const std::shared_ptr<const ChannelLink>& dead,
                                                               Clock::time_point deadline) {
  const std::lock_guard lock(mutex_);
  if (link_ != dead) return link_;
  TFLD_ASSIGN_OR_RETURN(auto link, ChannelLink::Open(address_, deadline));
  if (!(link->form() == form_)) {
    return FailedPrecondition(
        StrCat("model ", address_.model, " has other inputs or outputs than what was bound: bind the model again"));
  }
  link_ = std::move(link);
  return link_;
}

Result<std::unique_ptr<BoundModel>> MakeChannelBoundModel(std::shared_ptr<ChannelGroup> group, std::size_t slot) {
  auto bound = std::make_unique<ChannelBoundModel>(std::move(group), slot);
  TFLD_RETURN_IF_ERROR(bound->Prepare());
  return std::unique_ptr<BoundModel>(std::move(bound));
}

}  // namespace tfld::client
