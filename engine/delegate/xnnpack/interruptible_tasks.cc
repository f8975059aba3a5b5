#include "engine/delegate/xnnpack/interruptible_tasks.h"

#include <pthreadpool.h>

#include <algorithm>
#include <cfenv>
#include <cstddef>

namespace tfld::engine::xnnpack {
namespace {

constexpr std::uint32_t kMostBetweenLooks = 4096;

thread_local InterruptibleTasks* current = nullptr;

// One task of a loop, and the interruption after it.
template <typename... Index>
struct Task {
  using Function = void (*)(void*, Index...);

  static void Run(void* self, Index... index) {
    const auto& task = *static_cast<const Task*>(self);
    task.function(task.context, index...);
    task.tasks.AfterTask();
  }

  Function function;
  void* context;
  InterruptibleTasks& tasks;
};

// pthreadpool's loops may run with denormal numbers off, which is not for other sessions.
class DefaultFloats {
 public:
  DefaultFloats() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultFloats() { std::fesetenv(&before_); }
  DefaultFloats(const DefaultFloats&) = delete;
  DefaultFloats& operator=(const DefaultFloats&) = delete;

 private:
  std::fenv_t before_;
};

// `loop` with these sizes and flags.
template <typename... Index, typename... Rest>
void Parallelize(void (*loop)(pthreadpool_t, void (*)(void*, Index...), void*, Rest...), pthreadpool_t pool,
                 void (*function)(void*, Index...), void* context, Rest... rest) {
  InterruptibleTasks* const tasks = InterruptibleTasks::Current();
  if (pool != nullptr || tasks == nullptr) return loop(pool, function, context, rest...);
  Task<Index...> task{function, context, *tasks};
  loop(pool, &Task<Index...>::Run, &task, rest...);
}

}  // namespace

InterruptibleTasks::InterruptibleTasks(Interruption* interruption) : interruption_(interruption), before_(current) {
  if (interruption_ != nullptr) looked_ = Clock::now();
  current = this;
}

InterruptibleTasks::~InterruptibleTasks() { current = before_; }

InterruptibleTasks* InterruptibleTasks::Current() {
  return current != nullptr && current->interruption_ != nullptr ? current : nullptr;
}

void InterruptibleTasks::Pause() {
  const auto passed = std::max<Clock::duration>(Clock::now() - looked_, std::chrono::nanoseconds(1));
  if (passed >= kPeriod / 2) {  // or tasks were only counted
    const DefaultFloats floats;
    interruption_->Take();
  }
  const auto tasks = tasks_between_looks_ * kPeriod / passed;
  tasks_between_looks_ = static_cast<std::uint32_t>(std::clamp<std::int64_t>(tasks, 1, kMostBetweenLooks));
  tasks_left_ = tasks_between_looks_;
  looked_ = Clock::now();
}

}  // namespace tfld::engine::xnnpack

// The loops that XNNPACK uses. The linker's --wrap gives its calls the first name, and pthreadpool's own function the
// second.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
#define TFLD_SIZES_1 std::size_t a
#define TFLD_SIZES_2 TFLD_SIZES_1, std::size_t b
#define TFLD_SIZES_3 TFLD_SIZES_2, std::size_t c
#define TFLD_SIZES_4 TFLD_SIZES_3, std::size_t d
#define TFLD_SIZES_5 TFLD_SIZES_4, std::size_t e
#define TFLD_SIZES_6 TFLD_SIZES_5, std::size_t f
#define TFLD_SIZES_7 TFLD_SIZES_6, std::size_t g
#define TFLD_SIZES_8 TFLD_SIZES_7, std::size_t h
#define TFLD_NAMES_1 a
#define TFLD_NAMES_2 TFLD_NAMES_1, b
#define TFLD_NAMES_3 TFLD_NAMES_2, c
#define TFLD_NAMES_4 TFLD_NAMES_3, d
#define TFLD_NAMES_5 TFLD_NAMES_4, e
#define TFLD_NAMES_6 TFLD_NAMES_5, f
#define TFLD_NAMES_7 TFLD_NAMES_6, g
#define TFLD_NAMES_8 TFLD_NAMES_7, h
#define TFLD_INTERRUPTIBLE(loop, sizes)                                                                           \
  extern "C" void __real_pthreadpool_parallelize_##loop(pthreadpool_t, pthreadpool_task_##loop##_t, void*,        \
                                                        TFLD_SIZES_##sizes, std::uint32_t);                       \
  extern "C" void __wrap_pthreadpool_parallelize_##loop(pthreadpool_t pool, pthreadpool_task_##loop##_t task,     \
                                                        void* context, TFLD_SIZES_##sizes, std::uint32_t flags) { \
    tfld::engine::xnnpack::Parallelize(&__real_pthreadpool_parallelize_##loop, pool, task, context,               \
                                       TFLD_NAMES_##sizes, flags);                                                \
  }

TFLD_INTERRUPTIBLE(1d, 1)
TFLD_INTERRUPTIBLE(1d_with_thread, 1)
TFLD_INTERRUPTIBLE(1d_tile_1d, 2)
TFLD_INTERRUPTIBLE(2d, 2)
TFLD_INTERRUPTIBLE(2d_with_thread, 2)
TFLD_INTERRUPTIBLE(2d_tile_1d, 3)
TFLD_INTERRUPTIBLE(2d_tile_2d, 4)
TFLD_INTERRUPTIBLE(3d, 3)
TFLD_INTERRUPTIBLE(3d_tile_1d, 4)
TFLD_INTERRUPTIBLE(3d_tile_1d_with_thread, 4)
TFLD_INTERRUPTIBLE(3d_tile_2d, 5)
TFLD_INTERRUPTIBLE(4d, 4)
TFLD_INTERRUPTIBLE(4d_tile_2d, 6)
TFLD_INTERRUPTIBLE(5d, 5)
TFLD_INTERRUPTIBLE(5d_tile_2d, 7)
TFLD_INTERRUPTIBLE(6d_tile_2d, 8)
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
