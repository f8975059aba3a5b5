// NoDescriptors: while it lives, the process can open nothing.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace tfld::test {

class NoDescriptors {
 public:
  // Takes all that there are by copies of `any`, an open one. Aborts when the limit cannot be lowered.
  explicit NoDescriptors(int any) {
    if (::getrlimit(RLIMIT_NOFILE, &limit_) != 0) Fail();
    rlimit lower = limit_;
    lower.rlim_cur = std::min<rlim_t>(limit_.rlim_cur, 256);
    if (::setrlimit(RLIMIT_NOFILE, &lower) != 0) Fail();
    for (int descriptor = 0; (descriptor = ::dup(any)) >= 0;) taken_.push_back(descriptor);
  }
  ~NoDescriptors() {
    for (const int descriptor : taken_) ::close(descriptor);
    if (::setrlimit(RLIMIT_NOFILE, &limit_) != 0) Fail();
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  [[noreturn]] static void Fail() {
    std::perror("RLIMIT_NOFILE");
    std::abort();
  }

  rlimit limit_{};
  std::vector<int> taken_;
};

}  // namespace tfld::test
