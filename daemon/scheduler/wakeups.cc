#include "daemon/scheduler/wakeups.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace tfld::daemon {
namespace {

thread_local Wakeups* t_wakeups = nullptr;  // the executor's whose thread it is

}  // namespace

void WakeNow(std::uint32_t& word) { ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word, std::uint32_t processor) {
  Wakeups* const own = t_wakeups;
  if (own == nullptr || own->until_ == SteadyTime::min()) return WakeNow(word);
  Wakeups::Sleeper sleeper{std::move(owner), &word};
  Wakeups& there = own->group_->On(processor, *own);
  if (&there != own && there.next_look_.load(std::memory_order_relaxed) <= own->until_ &&
      there.Keep(sleeper, own->until_)) {
    return;
  }
  if (own->Keep(sleeper, own->until_)) return;
  own->Flush();
  WakeNow(word);
}

void NoteAwake() {
  if (t_wakeups != nullptr) t_wakeups->awake_ = true;
}

void Wakeups::Enter() { t_wakeups = this; }

void Wakeups::Leave() {
  Rest();
  t_wakeups = nullptr;
}

void Wakeups::WorkUntil(SteadyTime then) {
  processor_.store(static_cast<std::uint32_t>(std::max(0, ::sched_getcpu())), std::memory_order_relaxed);
  next_look_.store(then, std::memory_order_relaxed);
  resting_.store(false, std::memory_order_relaxed);
  FlushBefore(then);
}

void Wakeups::Rest() {
  {
    const std::lock_guard lock(mutex_);
    resting_.store(true, std::memory_order_relaxed);
  }
  Flush();
}

bool Wakeups::Keep(Sleeper& sleeper, SteadyTime until) {
  const std::lock_guard lock(mutex_);
  if (resting() || kept_.size() == kMost) return false;
  kept_.push_back(std::move(sleeper));
  due_.store(std::min(due_.load(std::memory_order_relaxed), until), std::memory_order_relaxed);
  return true;
}

void Wakeups::Flush() {
  {
    const std::lock_guard lock(mutex_);
    kept_.swap(leaving_);
    due_.store(SteadyTime::max(), std::memory_order_relaxed);
  }
  for (const Sleeper& sleeper : leaving_) WakeNow(*sleeper.word);
  leaving_.clear();
}

WakeupGroup::WakeupGroup(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) members_.push_back(std::make_unique<Wakeups>(this));
}

Wakeups& WakeupGroup::On(std::uint32_t processor, Wakeups& own) const {
  if (own.processor_.load(std::memory_order_relaxed) == processor) return own;
  for (const auto& member : members_) {
    if (!member->resting() && member->processor_.load(std::memory_order_relaxed) == processor) return *member;
  }
  return own;
}

}  // namespace tfld::daemon
