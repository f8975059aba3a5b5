// SpinPause: tells the processor that the thread looks at a word until it changes, so that it saves power and lets the
// other thread of its core go first. Any thread; nothing on processors that have no such hint.
#pragma once

namespace tfld {

inline void SpinPause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield");
#endif
}

}  // namespace tfld
