#include "daemon/scheduler/wakeups.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

namespace tfld::daemon {
namespace {

thread_local Wakeups* t_wakeups = nullptr;  // the executor's whose thread it is

}  // namespace

void WakeNow(std::uint32_t& word) { ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

void WakeSoon(std::shared_ptr<const void> owner, std::uint32_t& word) {
  Wakeups* const wakeups = t_wakeups;
  if (wakeups == nullptr || wakeups->until_ == SteadyTime::min()) return WakeNow(word);
  if (wakeups->count_ == wakeups->sleepers_.size()) wakeups->Flush();
  wakeups->sleepers_[wakeups->count_++] = {std::move(owner), &word};
  wakeups->due_ = std::min(wakeups->due_, wakeups->until_);
}

void NoteAwake() {
  if (t_wakeups != nullptr) t_wakeups->awake_ = true;
}

Wakeups::Wakeups() { t_wakeups = this; }

Wakeups::~Wakeups() {
  Flush();
  t_wakeups = nullptr;
}

void Wakeups::Flush() {
  for (std::size_t i = 0; i < count_; ++i) {
    WakeNow(*sleepers_[i].word);
    sleepers_[i].owner.reset();
  }
  count_ = 0;
  due_ = SteadyTime::max();
}

}  // namespace tfld::daemon
