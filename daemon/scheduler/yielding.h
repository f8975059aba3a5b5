// How an executor shares its processor with those that it works for.
#pragma once

namespace tfld::daemon {

// Lets threads that wake up go before the calling one on a processor: an executor that computes without end would keep
// the client whose answer is ready waiting for milliseconds. Its share of the processors stays what it was. Linux 6.12
// and later are asked for longer time slices than others have; earlier ones prefer who has slept anyway.
void YieldToWakingThreads();

// Lets whoever else can run on this processor go first. Where that has taken long, because somebody computes there, it
// does nothing for many times.
//
// Thread rule: one owner.
class Courtesy {
 public:
  void Yield();

 private:
  int refused_ = 0;  // times that are left
};

}  // namespace tfld::daemon
