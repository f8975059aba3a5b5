#include "daemon/rpc/accept_loop.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/identity/accept_some.h"
#include "daemon/identity/peer_identity.h"

namespace tfld::daemon {
namespace {

using Clock = std::chrono::steady_clock;

// How soon descriptors are tried again after there were none left.
constexpr std::chrono::milliseconds kPause{100};

// A connection that has not sent anything yet.
struct Silent {
  int descriptor;
  Clock::time_point deadline;
};

// Gives descriptors numbers from the upper half of what the process may have, each next to the last one that was given.
class DescriptorNumbers {
 public:
  DescriptorNumbers() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    end_ = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 65536));
    first_ = next_ = end_ / 2;
  }

  // Moves `descriptor` to a number that was not used lately; -1 when there is none. Always consumes `descriptor`.
  int Renumber(int descriptor) {
    int moved = next_ < end_ ? fcntl(descriptor, F_DUPFD_CLOEXEC, next_) : -1;
    if (moved < 0) moved = fcntl(descriptor, F_DUPFD_CLOEXEC, first_);
    close(descriptor);
    if (moved >= 0) next_ = moved + 1 < end_ ? moved + 1 : first_;
    return moved;
  }

 private:
  int first_ = 0, next_ = 0, end_ = 0;
};

}  // namespace

struct AcceptLoop::Impl {
  ~Impl() {
    for (const Silent& silent : silents) Drop(silent.descriptor);
    if (listening >= 0) close(listening);
    if (wake >= 0) close(wake);
  }

  void Loop();
  int PollTimeout() const;
  bool HasRoom(uid_t uid) const;
  void Admit(int descriptor);
  void HandOnOrDrop(const std::vector<pollfd>& polled);
  void Drop(int descriptor);

  int listening = -1;
  int wake = -1;
  std::shared_ptr<PeerRegistry> registry;
  AcceptLimits limits;
  HandOver hand_over;
  std::atomic<std::uint64_t> refused = 0;  // written by the loop
  DescriptorNumbers numbers;
  std::vector<Silent> silents;      // in the order of their deadlines
  Clock::time_point pause_until{};  // out of descriptors: accept nothing until then
  std::thread thread;
};

AcceptLoop::AcceptLoop() : impl_(std::make_unique<Impl>()) {}
AcceptLoop::~AcceptLoop() { Stop(); }

Result<std::unique_ptr<AcceptLoop>> AcceptLoop::Start(int listening_socket, std::shared_ptr<PeerRegistry> registry,
                                                      const AcceptLimits& limits, HandOver hand_over) {
  std::unique_ptr<AcceptLoop> loop(new AcceptLoop);
  Impl& impl = *loop->impl_;
  impl.listening = listening_socket;
  impl.registry = std::move(registry);
  impl.limits = limits;
  impl.hand_over = std::move(hand_over);
  impl.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (impl.wake < 0) return ErrnoStatus(errno, "cannot make an eventfd");
  impl.thread = std::thread([&impl] { impl.Loop(); });
  pthread_setname_np(impl.thread.native_handle(), "tfld-accept");
  return loop;
}

void AcceptLoop::Stop() {
  if (!impl_->thread.joinable()) return;
  eventfd_write(impl_->wake, 1);
  impl_->thread.join();
  for (const Silent& silent : impl_->silents) impl_->Drop(silent.descriptor);
  impl_->silents.clear();
  close(std::exchange(impl_->listening, -1));
}

std::uint64_t AcceptLoop::refused() const { return impl_->refused; }

void AcceptLoop::Impl::Loop() {
  std::vector<pollfd> polled;
  for (;;) {
    const bool paused = Clock::now() < pause_until;
    polled.assign({{wake, POLLIN, 0}, {paused ? -1 : listening, POLLIN, 0}});
    for (const Silent& silent : silents) polled.push_back({silent.descriptor, POLLIN, 0});
    if (poll(polled.data(), polled.size(), PollTimeout()) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) return;
    HandOnOrDrop(polled);
    if (polled[1].revents != 0 && !AcceptSome(listening, [this](int descriptor) { Admit(descriptor); })) {
      pause_until = Clock::now() + kPause;
    }
  }
}

int AcceptLoop::Impl::PollTimeout() const {
  Clock::time_point next = Clock::time_point::max();
  if (!silents.empty()) next = silents.front().deadline;
  if (pause_until > Clock::now()) next = std::min(next, pause_until);
  if (next == Clock::time_point::max()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, 60'000));
}

bool AcceptLoop::Impl::HasRoom(uid_t uid) const {
  const auto own = limits.users.find(uid);
  const std::size_t of_user = own == limits.users.end() ? limits.max_connections_per_user : own->second;
  return registry->Sweep() < limits.max_connections && registry->CountOf(uid) < of_user;
}

void AcceptLoop::Impl::Admit(int descriptor) {
  Result<PeerIdentity> identity = ReadPeerIdentity(descriptor);
  if (!identity.ok() || !HasRoom(identity->uid)) {
    ++refused;
    close(descriptor);
    return;
  }
  descriptor = numbers.Renumber(descriptor);
  if (descriptor < 0) return;
  registry->Add(descriptor, std::move(*identity));
  silents.push_back({descriptor, Clock::now() + limits.first_byte_timeout});
}

// `polled` has the silent connections from its third entry on, in their order.
void AcceptLoop::Impl::HandOnOrDrop(const std::vector<pollfd>& polled) {
  const Clock::time_point now = Clock::now();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < silents.size(); ++i) {
    const Silent silent = silents[i];
    const short events = polled[i + 2].revents;
    if ((events & POLLIN) != 0) {
      hand_over(silent.descriptor);
    } else if (events != 0 || silent.deadline <= now) {
      Drop(silent.descriptor);
    } else {
      silents[kept++] = silent;
    }
  }
  silents.resize(kept);
}

void AcceptLoop::Impl::Drop(int descriptor) {
  registry->Remove(descriptor);
  close(descriptor);
}

}  // namespace tfld::daemon
