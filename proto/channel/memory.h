// The memory of a shared-memory channel: a page with the RegionHeader, then the slots, one request each.
//
// The daemon makes it (a sealed memfd that cannot shrink), both sides map it, and either side may write to all of it at
// any time: who reads a word that belongs to the other side reads it once and checks what it got.
//
// A request goes through a slot like this:
//   client  writes the inputs and Request, then state = kPosted (release)
//   client  sets its bit in RegionHeader::posted, and writes 1 to the doorbell (an eventfd); it need not where it finds
//           bits there that it has rung for
//   daemon  takes the bits, finds kPosted (acquire), copies Request, later reads the inputs, runs, copies the outputs
//   daemon  writes Answer, then state = kDone (release), and wakes the futex `state` if `sleepers` is not 0
//   client  sees kDone (acquire) with the id of its request, and reads the outputs
// A slot that was posted stays the daemon's until it says kDone, also when the client does not wait any longer. A slot
// that is posted twice is one request.
//
// A slot whose bit is still set when RegionHeader::state is kClosed was not taken and never will be: its request can be
// posted in another channel. One that was taken is still answered, and the daemon keeps the socket open until then.
//
// Words that are written by one side and read by the other are accessed with std::atomic_ref; the futex calls are those
// for memory that processes share (no FUTEX_PRIVATE_FLAG).
#pragma once

#include <cstddef>
#include <cstdint>

#include "proto/channel/packets.h"

namespace tfld::channel {

// The header and each slot begin at a page, so that each can be mapped by itself. How large pages are is the machine's.
inline constexpr std::size_t kTensorAlignment = 64;
// Readable bytes behind each tensor that belong to no other one.
inline constexpr std::size_t kTensorSlack = 128;

// RegionHeader::state, written by the daemon.
inline constexpr std::uint32_t kOpen = 1;
inline constexpr std::uint32_t kClosed = 2;  // takes no more requests; what it has taken is still answered

struct RegionHeader {
  std::uint32_t magic;
  std::uint32_t protocol;
  std::uint32_t state;  // kOpen or kClosed
  std::uint32_t reserved[13];
  alignas(64) std::uint64_t posted;  // bit i: slot i was posted. The client sets bits, the daemon takes them all.
};
static_assert(offsetof(RegionHeader, state) == 8);
static_assert(offsetof(RegionHeader, posted) == 64);
static_assert(sizeof(RegionHeader) == 128);

// SlotHeader::state.
inline constexpr std::uint32_t kFree = 0;
inline constexpr std::uint32_t kPosted = 1;
inline constexpr std::uint32_t kDone = 2;

// Request::priority.
inline constexpr std::uint32_t kDefaultPriority = 0;
inline constexpr std::uint32_t kCritical = 1;
inline constexpr std::uint32_t kNormal = 2;
inline constexpr std::uint32_t kBackground = 3;

// Written by the client before kPosted; only `cancelled` may change later.
struct Request {
  std::uint64_t id;          // the client's own; comes back in the answer
  std::int64_t deadline_ns;  // CLOCK_MONOTONIC; 0: none
  std::uint32_t priority;
  std::uint32_t cancelled;  // not 0: nobody waits for the answer any more
  std::int64_t posted_ns;   // CLOCK_MONOTONIC, a hint; 0: not told
};
static_assert(sizeof(Request) == 32);

// Written by the daemon before kDone. Times are of CLOCK_MONOTONIC in nanoseconds, 0 for a stage that was not reached.
struct Answer {
  std::uint64_t id;
  std::uint64_t version;  // that ran
  std::uint32_t code;     // a canonical status code; outputs are valid when it is 0
  std::uint32_t message_bytes;
  std::int64_t received_ns;
  std::int64_t queued_ns;
  std::int64_t started_ns;
  std::int64_t input_done_ns;
  std::int64_t infer_done_ns;
  std::int64_t finished_ns;
};
static_assert(offsetof(Answer, received_ns) == 24);
static_assert(sizeof(Answer) == 72);

inline constexpr std::size_t kMessageBytes = 256;

// Each part that one side writes has cache lines of its own.
struct SlotHeader {
  std::uint32_t state;     // the futex
  std::uint32_t sleepers;  // written by the client: not 0 while it waits in the kernel; one more than its processor
  alignas(64) Request request;
  alignas(64) Answer answer;
  alignas(64) char message[kMessageBytes];  // of an error, message_bytes of it
};
static_assert(offsetof(SlotHeader, request) == 64);
static_assert(offsetof(SlotHeader, answer) == 128);
static_assert(offsetof(SlotHeader, message) == 256);
static_assert(sizeof(SlotHeader) == 512);

}  // namespace tfld::channel
