#include "daemon/shm/channel_server.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/identity/accept_some.h"
#include "daemon/identity/peer_identity.h"
#include "daemon/shm/channel_connection.h"
#include "daemon/shm/user_account.h"
#include "daemon/shm/welcome.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using std::chrono::steady_clock;

// How exactly silence is noticed, and how soon descriptors are tried again after there were none left.
constexpr int kTickMs = 250;

}  // namespace

struct ChannelServer::Impl {
  ~Impl() {
    for (const int descriptor : {listening, wake, epoll}) {
      if (descriptor >= 0) ::close(descriptor);
    }
  }

  Status Arm(int descriptor) const;
  void Loop();
  bool NeedsTicks() const;
  void Accept();
  Status CheckRoom(std::uint32_t uid) const;
  void Admit(int descriptor);
  void Refuse(int descriptor, const Status& why);
  void Serve(int descriptor);
  void Drop(int descriptor);
  void DropOverdue();

  int listening = -1;
  int wake = -1;
  int epoll = -1;
  ShmContext context;
  ShmLimits limits;
  std::unordered_map<int, std::unique_ptr<ChannelConnection>> connections;  // by descriptor
  UserAccounts accounts;
  bool paused = false;  // out of descriptors: the listening socket is not waited on until the next tick
  std::atomic<std::size_t> open_channels = 0;  // this and the next are written by the loop
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<bool> accepting = true;  // false from StopAccepting on
  std::atomic<bool> stopping = false;
  std::thread thread;
};

ChannelServer::ChannelServer() : impl_(std::make_unique<Impl>()) {}
ChannelServer::~ChannelServer() { Stop(); }

Result<std::unique_ptr<ChannelServer>> ChannelServer::Start(int listening_socket, const ShmContext& context,
                                                            const ShmLimits& limits) {
  std::unique_ptr<ChannelServer> server(new ChannelServer);
  Impl& impl = *server->impl_;
  impl.listening = listening_socket;
  impl.context = context;
  impl.limits = limits;
  impl.wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (impl.wake < 0) return ErrnoStatus(errno, "cannot make an eventfd");
  impl.epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (impl.epoll < 0) return ErrnoStatus(errno, "cannot make an epoll instance");
  TFLD_RETURN_IF_ERROR(impl.Arm(impl.wake));
  TFLD_RETURN_IF_ERROR(impl.Arm(impl.listening));
  impl.thread = std::thread([&impl] { impl.Loop(); });
  pthread_setname_np(impl.thread.native_handle(), "tfld-shm");
  return server;
}

void ChannelServer::StopAccepting() {
  impl_->accepting = false;
  ::eventfd_write(impl_->wake, 1);
}

void ChannelServer::Stop() {
  if (!impl_->thread.joinable()) return;
  impl_->stopping = true;
  ::eventfd_write(impl_->wake, 1);
  impl_->thread.join();
  for (auto& [descriptor, connection] : impl_->connections) connection->CloseChannel();
  impl_->connections.clear();
  impl_->open_channels = 0;
}

std::size_t ChannelServer::channels() const { return impl_->open_channels; }
std::uint64_t ChannelServer::refused() const { return impl_->refused; }

Status ChannelServer::Impl::Arm(int descriptor) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.fd = descriptor;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) return ErrnoStatus(errno, "epoll_ctl");
  return {};
}

void ChannelServer::Impl::Loop() {
  std::array<epoll_event, 64> events;
  while (!stopping) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), NeedsTicks() ? kTickMs : -1);
    for (int i = 0; i < count && !stopping; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == wake) {
        eventfd_t ignored = 0;
        ::eventfd_read(wake, &ignored);
      } else if (descriptor == listening) {
        Accept();
      } else {
        Serve(descriptor);
      }
    }
    if (!accepting && listening >= 0) ::close(std::exchange(listening, -1));
    if (listening >= 0 && std::exchange(paused, false)) paused = !Arm(listening).ok();
    DropOverdue();
  }
}

// Time matters for those who were silent so far and, if that is wanted, for idle channels.
bool ChannelServer::Impl::NeedsTicks() const {
  const bool silent = connections.size() > open_channels;
  return silent || paused || (limits.idle_timeout.count() > 0 && !connections.empty());
}

void ChannelServer::Impl::Accept() {
  if (!accepting || AcceptSome(listening, [this](int descriptor) { Admit(descriptor); })) return;
  paused = ::epoll_ctl(epoll, EPOLL_CTL_DEL, listening, nullptr) == 0;
}

// RESOURCE_EXHAUSTED when the user may not have one more connection.
Status ChannelServer::Impl::CheckRoom(std::uint32_t uid) const {
  if (connections.size() >= limits.max_connections) {
    return ResourceExhausted(StrCat("the daemon has ", connections.size(), " connections open, as many as it takes"));
  }
  const auto own = limits.users.find(uid);
  const std::size_t allowed = own != limits.users.end() ? own->second : limits.max_connections_per_user;
  const std::size_t open = accounts.Of(uid).connections;
  if (open < allowed) return {};
  return ResourceExhausted(StrCat("uid ", uid, " has ", open, " connections open and may have ", allowed));
}

void ChannelServer::Impl::Admit(int descriptor) {
  const Result<PeerIdentity> peer = ReadPeerIdentity(descriptor);
  Status status = peer.status();
  if (status.ok()) status = CheckRoom(peer->uid);
  if (status.ok()) status = Arm(descriptor);
  if (!status.ok()) return Refuse(descriptor, status);
  const JobClient client{peer->uid, peer->pid};
  accounts.AddConnection(client.uid);
  connections[descriptor] = std::make_unique<ChannelConnection>(descriptor, client, steady_clock::now());
}

void ChannelServer::Impl::Refuse(int descriptor, const Status& why) {
  ++refused;
  const std::vector<std::byte> packet = EncodeWelcome(why);
  (void)::send(descriptor, packet.data(), packet.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::close(descriptor);
}

void ChannelServer::Impl::Serve(int descriptor) {
  const auto found = connections.find(descriptor);
  if (found == connections.end()) return;
  ChannelConnection& connection = *found->second;
  const std::uint32_t uid = connection.client().uid;
  const bool had_channel = connection.channel() != nullptr;
  const std::size_t taken = accounts.Of(uid).bytes;
  const std::size_t left = limits.max_bytes_per_user - std::min(taken, limits.max_bytes_per_user);
  const bool alive = connection.OnReadable(context, limits, left);
  if (!had_channel && connection.channel() != nullptr) {
    accounts.AddBytes(uid, connection.channel()->memory().size());
    ++open_channels;
  }
  if (!alive) Drop(descriptor);
}

void ChannelServer::Impl::Drop(int descriptor) {
  const auto found = connections.find(descriptor);
  const ChannelConnection& connection = *found->second;
  const bool had_channel = connection.channel() != nullptr;
  accounts.Release(connection.client().uid, had_channel ? connection.channel()->memory().size() : 0);
  connections.erase(found);
  if (had_channel) --open_channels;
}

void ChannelServer::Impl::DropOverdue() {
  if (!NeedsTicks()) return;
  const auto now = steady_clock::now();
  std::vector<int> overdue;
  for (const auto& [descriptor, connection] : connections) {
    // A request may have come since it was found idle.
    if (connection->Overdue(limits, now) && connection->End()) overdue.push_back(descriptor);
  }
  for (const int descriptor : overdue) Drop(descriptor);
}

}  // namespace tfld::daemon
