// SharedRegion: a part of a POSIX shared memory object that a client named, for tensors to be placed in.
//
// The object is the client's: it may change, shrink or be unlinked at any time. So it is never mapped here, where a
// page that is gone would raise SIGBUS, but read and written through its descriptor, where it is a short count and an
// error of that one request.
//
// Thread rule: immutable; any thread. Whoever holds a region keeps the object open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "daemon/identity/peer_identity.h"
#include "engine/base/result.h"

namespace tfld::daemon {

class SharedRegion {
 public:
  // Opens the object `key` ("/name") for a caller who could open it himself: the daemon's own rights do not count for
  // him. Without the right to write the region is for inputs alone. INVALID_ARGUMENT for a key that is no name of an
  // object, or a part that is empty or not within the object; NOT_FOUND; PERMISSION_DENIED when the caller may not read
  // the object, or the daemon cannot.
  static Result<std::shared_ptr<const SharedRegion>> Open(const std::string& key, std::uint64_t offset,
                                                          std::uint64_t byte_size, const PeerIdentity& caller);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  const std::string& key() const { return key_; }
  std::uint64_t offset() const { return offset_; }        // of the region in the object
  std::uint64_t byte_size() const { return byte_size_; }  // of the region
  bool writable() const { return writable_; }

  // Whether `byte_size` bytes at `offset` of the region are in it. OUT_OF_RANGE is left to the caller to word.
  bool Contains(std::uint64_t offset, std::uint64_t byte_size) const;

  // Copy between the region, from `offset` on, and memory. What is copied is within the region, which the caller has
  // made sure of. INVALID_ARGUMENT when the object has shrunk below it meanwhile.
  Status Read(std::uint64_t offset, std::span<std::byte> to) const;
  Status Write(std::uint64_t offset, std::span<const std::byte> from) const;

 private:
  SharedRegion(int descriptor, std::string key, std::uint64_t offset, std::uint64_t byte_size, bool writable);
  Status Shrunk() const;

  const int descriptor_;
  const std::string key_;
  const std::uint64_t offset_;
  const std::uint64_t byte_size_;
  const bool writable_;
};

}  // namespace tfld::daemon
