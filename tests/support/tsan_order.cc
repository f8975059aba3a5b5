// What ThreadSanitizer cannot see of gRPC. Debian builds gRPC and Abseil without it, and their locks are no locks of
// pthread, so whatever one thread hands to another through gRPC looks like a race. This library, which programs load
// before gRPC in the tsan build, stands in for the functions where gRPC hands over, and tells ThreadSanitizer of one
// order among them all: what a thread did before it left one of them comes before what another does after it entered
// one. So a race between two threads is missed when both went through gRPC in between; all other races are seen.
#include <absl/synchronization/mutex.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <grpc/grpc.h>
#include <sanitizer/tsan_interface.h>
#include <unistd.h>

#include <cstdarg>
#include <string>

#define TFLD_TEXT_OF(name) #name
#define TFLD_TEXT(name) TFLD_TEXT_OF(name)

namespace {

char order;

// Leaves, then enters.
class Passage {
 public:
  Passage() { __tsan_release(&order); }
  ~Passage() { __tsan_acquire(&order); }
};

// What would have been called without us.
template <typename Function>
Function* Next(const std::string& name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name.c_str()));
}

// Abseil's namespace has a name of the distribution inside.
template <typename Function>
Function* NextOfAbseil(const std::string& mangled) {
  const std::string inner = TFLD_TEXT(ABSL_OPTION_INLINE_NAMESPACE_NAME);
  return Next<Function>("_ZN4absl" + std::to_string(inner.size()) + inner + mangled);
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static auto* const next = NextOfAbseil<void(Mutex*)>("5Mutex4LockEv");
  next(this);
  __tsan_acquire(&order);
}

bool Mutex::TryLock() {
  static auto* const next = NextOfAbseil<bool(Mutex*)>("5Mutex7TryLockEv");
  const bool locked = next(this);
  if (locked) __tsan_acquire(&order);
  return locked;
}

void Mutex::Unlock() {
  static auto* const next = NextOfAbseil<void(Mutex*)>("5Mutex6UnlockEv");
  __tsan_release(&order);
  next(this);
}

void CondVar::Wait(Mutex* mutex) {
  static auto* const next = NextOfAbseil<void(CondVar*, Mutex*)>("7CondVar4WaitEPNS0_5MutexE");
  const Passage passage;
  next(this, mutex);
}

bool CondVar::WaitWithTimeout(Mutex* mutex, Duration timeout) {
  static auto* const next =
      NextOfAbseil<bool(CondVar*, Mutex*, Duration)>("7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE");
  const Passage passage;
  return next(this, mutex, timeout);
}

bool CondVar::WaitWithDeadline(Mutex* mutex, Time deadline) {
  static auto* const next =
      NextOfAbseil<bool(CondVar*, Mutex*, Time)>("7CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE");
  const Passage passage;
  return next(this, mutex, deadline);
}

ABSL_NAMESPACE_END
}  // namespace absl

namespace grpc_core {

struct ExecCtx {
  bool Flush();
};

// Runs what is to be done next, which another thread may have left here.
bool ExecCtx::Flush() {
  static auto* const next = Next<bool(ExecCtx*)>("_ZN9grpc_core7ExecCtx5FlushEv");
  __tsan_acquire(&order);
  const Passage passage;
  return next(this);
}

}  // namespace grpc_core

extern "C" {

grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline, void* reserved) {
  static auto* const next = Next<decltype(grpc_completion_queue_next)>("grpc_completion_queue_next");
  const Passage passage;
  return next(queue, deadline, reserved);
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag, gpr_timespec deadline, void* reserved) {
  static auto* const next = Next<decltype(grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const Passage passage;
  return next(queue, tag, deadline, reserved);
}

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count, void* tag, void* reserved) {
  static auto* const next = Next<decltype(grpc_call_start_batch)>("grpc_call_start_batch");
  const Passage passage;
  return next(call, ops, count, tag, reserved);
}

// ThreadSanitizer knows what comes through a socket to have been sent before, but not that this copies a descriptor.
int fcntl(int descriptor, int command, ...) {
  static auto* const next = Next<int(int, int, ...)>("fcntl");
  std::va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  const int result = next(descriptor, command, argument);
  const bool copied = result >= 0 && (command == F_DUPFD || command == F_DUPFD_CLOEXEC);
  if (copied) ::dup3(descriptor, result, command == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0);
  return result;
}

}  // extern "C"
