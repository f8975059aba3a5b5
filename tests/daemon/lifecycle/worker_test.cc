#include "daemon/lifecycle/load_thread.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "engine/base/result.h"

namespace tfld::daemon {
namespace {

TEST(LoadThread, RunsElsewhereAndGivesTheResultBack) {
  LoadThread thread(0);
  const auto here = std::this_thread::get_id();
  EXPECT_NE(thread.Run([] { return std::this_thread::get_id(); }), here);
  const Result<int> refused = thread.Run([]() -> Result<int> { return NotFound("nothing there"); });
  EXPECT_EQ(refused.status().code(), StatusCode::kNotFound);
}

TEST(LoadThread, HasItsOwnNiceValue) {
  const auto nice_here = [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); };
  const int before = nice_here();
  const int low = std::max(before, 0) + 3;
  LoadThread thread(low);
  EXPECT_EQ(thread.Run(nice_here), low);
  EXPECT_EQ(nice_here(), before);
}

TEST(LoadThread, DoesWhatWasPostedBeforeItEnds) {
  std::atomic<int> done = 0;
  auto thread = std::make_unique<LoadThread>(0);
  for (int i = 0; i < 100; ++i) thread->Post([&done] { ++done; });
  thread.reset();
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace tfld::daemon
