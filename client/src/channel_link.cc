#include "client/src/channel_link.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "client/src/channel_hello.h"

namespace tfld::client {
namespace {

// As large as the daemon says, and nobody can make it smaller.
Status CheckMemory(int descriptor, std::size_t bytes) {
  struct stat info {};
  const int seals = ::fcntl(descriptor, F_GET_SEALS);
  if (::fstat(descriptor, &info) != 0 || seals < 0) return ErrnoStatus(errno, "the daemon passed no shared memory");
  if ((seals & F_SEAL_SHRINK) != 0 && static_cast<std::uint64_t>(info.st_size) >= bytes) return {};
  return Internal("the daemon passed memory that is too small or not sealed");
}

}  // namespace

Status AskChannel(const std::string& socket_path) {
  return RequestChannel({socket_path, "", "", 1}, kNoDeadline).status();
}

Result<std::shared_ptr<const ChannelLink>> ChannelLink::Open(const ChannelAddress& address,
                                                             std::chrono::steady_clock::time_point deadline) {
  TFLD_ASSIGN_OR_RETURN(ChannelOffer offer, RequestChannel(address, deadline));
  TFLD_RETURN_IF_ERROR(CheckMemory(offer.memory.get(), offer.region_bytes));
  std::shared_ptr<ChannelLink> link(new ChannelLink);
  link->socket_ = std::move(offer.socket);
  link->memory_ = std::move(offer.memory);
  link->doorbell_ = std::move(offer.doorbell);
  link->form_ = std::move(offer.form);
  TFLD_RETURN_IF_ERROR(link->MapHeader());
  return std::shared_ptr<const ChannelLink>(std::move(link));
}

Status ChannelLink::MapHeader() {
  void* const mapped =
      ::mmap(nullptr, form_.slot_offset, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory_.get(), 0);
  if (mapped == MAP_FAILED) return ErrnoStatus(errno, "cannot map shared memory");
  header_ = static_cast<channel::RegionHeader*>(mapped);
  return {};
}

ChannelLink::~ChannelLink() {
  if (header_ != nullptr) ::munmap(header_, form_.slot_offset);
}

bool ChannelLink::closed() const {
  return std::atomic_ref(header_->state).load(std::memory_order_acquire) != channel::kOpen;
}

bool ChannelLink::closed_before(std::size_t slot) const {
  return closed() && (std::atomic_ref(header_->posted).load(std::memory_order_relaxed) >> slot & 1U) != 0;
}

// The daemon says nothing after its welcome, so whatever happens on the socket is its end.
bool ChannelLink::gone() const {
  pollfd polled{socket_.get(), POLLIN | POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) > 0;
}

// Where the daemon has not looked yet since a slot was posted before this one, it was rung for already and looks at all
// of them; unless a thread that has posted one has not come to ring, which nobody should wait for.
void ChannelLink::Ring(std::size_t slot) const {
  ringing_.fetch_add(1, std::memory_order_seq_cst);
  const std::uint64_t before =
      std::atomic_ref(header_->posted).fetch_or(std::uint64_t{1} << slot, std::memory_order_seq_cst);
  if (before == 0 || ringing_.load(std::memory_order_seq_cst) > 1) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(doorbell_.get(), &one, sizeof(one));  // full is readable as well
  }
  ringing_.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace tfld::client
