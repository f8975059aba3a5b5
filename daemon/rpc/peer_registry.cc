#include "daemon/rpc/peer_registry.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

namespace tfld::daemon {
namespace {

// 0 for a descriptor that is not open, or is no socket.
ino_t SocketInode(int descriptor) {
  struct stat info {};
  if (fstat(descriptor, &info) != 0 || !S_ISSOCK(info.st_mode)) return 0;
  return info.st_ino;
}

// -1 for a name that is not of our making.
int ParsePeer(std::string_view peer) {
  constexpr std::string_view kPrefix = "fd:";
  if (!peer.starts_with(kPrefix)) return -1;
  peer.remove_prefix(kPrefix.size());
  int descriptor = -1;
  const auto [end, error] = std::from_chars(peer.data(), peer.data() + peer.size(), descriptor);
  return error == std::errc() && end == peer.data() + peer.size() ? descriptor : -1;
}

}  // namespace

void PeerRegistry::Add(int descriptor, PeerIdentity identity) {
  Entry entry{SocketInode(descriptor), std::make_shared<const PeerIdentity>(std::move(identity))};
  std::unique_lock lock(mutex_);
  entries_[descriptor] = std::move(entry);
}

void PeerRegistry::Remove(int descriptor) {
  std::unique_lock lock(mutex_);
  entries_.erase(descriptor);
}

std::shared_ptr<const PeerIdentity> PeerRegistry::Find(std::string_view peer) const {
  const int descriptor = ParsePeer(peer);
  if (descriptor < 0) return nullptr;
  std::shared_lock lock(mutex_);
  const auto it = entries_.find(descriptor);
  return it == entries_.end() ? nullptr : it->second.identity;
}

std::size_t PeerRegistry::Sweep() {
  std::unique_lock lock(mutex_);
  std::erase_if(entries_, [](const auto& item) { return SocketInode(item.first) != item.second.inode; });
  return entries_.size();
}

std::size_t PeerRegistry::CountOf(uid_t uid) const {
  std::shared_lock lock(mutex_);
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(),
                                                [uid](const auto& item) { return item.second.identity->uid == uid; }));
}

}  // namespace tfld::daemon
