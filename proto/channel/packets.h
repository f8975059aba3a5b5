// The packets of the shared-memory channel: how a client asks for a channel on shm.sock, and what the daemon answers.
//
// The socket is a SOCK_SEQPACKET Unix socket. A connection is one channel:
//   1. The client sends one Hello.
//   2. The daemon answers one Welcome. When its code is 0, `inputs + outputs` TensorLayouts and the tensors' names
//      follow it in the same packet, and SCM_RIGHTS passes two descriptors: the memory (memory.h), then the doorbell.
//   3. Nothing else is ever sent. Either side ends the channel by closing its socket.
// A Hello with an empty model only asks whether the daemon serves: the answer has no tensors and no descriptors.
//
// Numbers are little-endian, text is UTF-8. Names and numbers here never change; what follows after version 1 gets
// another number in `protocol`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tfld::channel {

inline constexpr std::uint32_t kMagic = 0x646c6674;  // "tfld"
inline constexpr std::uint32_t kProtocol = 1;

// Bounds, so that every buffer is of a known size before a byte is looked at.
inline constexpr std::size_t kMaxSlots = 64;  // one bit each in RegionHeader::posted
inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::size_t kMaxTensors = 128;      // inputs and outputs together
inline constexpr std::size_t kMaxNameBytes = 16384;  // of all tensors together
inline constexpr std::size_t kModelBytes = 256;
inline constexpr std::size_t kVersionBytes = 128;

// Element types, numbered as in tfld/client.h. There are no strings: their tensors have no fixed size.
enum class Type : std::uint32_t {
  kBool = 0,
  kUint8 = 1,
  kUint16 = 2,
  kUint32 = 3,
  kUint64 = 4,
  kInt8 = 5,
  kInt16 = 6,
  kInt32 = 7,
  kInt64 = 8,
  kFloat16 = 9,
  kBFloat16 = 10,
  kFloat32 = 11,
  kFloat64 = 12,
};
inline constexpr std::uint32_t kTypes = 13;

struct Hello {
  std::uint32_t magic;          // kMagic
  std::uint32_t protocol;       // kProtocol
  std::uint32_t slots;          // 1 to kMaxSlots: requests that can be in flight at once
  std::uint32_t reserved;       // 0
  char model[kModelBytes];      // padded with zero bytes; the last byte is always zero
  char version[kVersionBytes];  // the same; empty for the active version, or a label: at each request
};
static_assert(offsetof(Hello, slots) == 8);
static_assert(offsetof(Hello, model) == 16);
static_assert(offsetof(Hello, version) == 272);
static_assert(sizeof(Hello) == 400);

struct Welcome {
  std::uint32_t magic;
  std::uint32_t protocol;
  std::uint32_t code;  // a canonical status code; all but `message` is zero when it is not 0
  std::uint32_t slots;
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::uint64_t region_bytes;  // of the memory
  std::uint64_t slot_offset;   // of the first slot in the memory; a multiple of the page's size, as the next
  std::uint64_t slot_stride;   // from one slot to the next
  std::uint64_t version;       // that the layout was read from
  char message[256];           // padded with zero bytes; the last byte is always zero
};
static_assert(offsetof(Welcome, region_bytes) == 24);
static_assert(offsetof(Welcome, message) == 56);
static_assert(sizeof(Welcome) == 312);

// Inputs in the model's order, then outputs.
struct TensorLayout {
  std::uint32_t type;  // Type
  std::uint32_t rank;  // at most kMaxRank
  std::int64_t shape[kMaxRank];
  std::uint64_t offset;       // in its slot: a multiple of 64
  std::uint64_t bytes;        // of the elements, which are dense and in C order
  std::uint32_t name_offset;  // in the names, which follow the last TensorLayout
  std::uint32_t name_bytes;
  std::uint32_t open_axes;  // bit i: the model takes any size there; this channel carries the one in `shape`
  std::uint32_t reserved;   // 0
};
static_assert(offsetof(TensorLayout, shape) == 8);
static_assert(offsetof(TensorLayout, offset) == 72);
static_assert(offsetof(TensorLayout, name_offset) == 88);
static_assert(offsetof(TensorLayout, open_axes) == 96);
static_assert(sizeof(TensorLayout) == 104);

inline constexpr std::size_t kMaxWelcomeBytes = sizeof(Welcome) + kMaxTensors * sizeof(TensorLayout) + kMaxNameBytes;

}  // namespace tfld::channel
