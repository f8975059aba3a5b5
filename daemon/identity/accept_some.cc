#include "daemon/identity/accept_some.h"

#include <sys/socket.h>

#include <cerrno>

namespace tfld::daemon {
namespace {

constexpr int kAtOnce = 16;

}  // namespace

bool AcceptSome(int listening, const std::function<void(int)>& admit) {
  for (int i = 0; i < kAtOnce; ++i) {
    const int descriptor = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      admit(descriptor);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return false;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return true;
    }
  }
  return true;
}

}  // namespace tfld::daemon
