// Kernel: one prepared operator. Prepared once at load, shared by all sessions, run by each with its own buffers.
//
// Thread rule: a Kernel is immutable after preparation; Run may be called from many threads at once, each with its own
// RunContext. What a kernel must change between runs lives in its KernelState, of which each session has its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/base/aligned_buffer.h"
#include "engine/base/result.h"

namespace tfld::engine {

class Interruption;
class Shape;
class ThreadPool;
class SessionServices;

// What a kernel keeps for one session (an operator object of XNNPACK, say). Most kernels have none.
class KernelState {
 public:
  virtual ~KernelState() = default;
  // Forgets what carries over from run to run, for Session::Reset.
  virtual void Reset() {}
};

// Gives outputs of a kernel their memory when their size depends on more than their shape (strings).
class OutputResizer {
 public:
  virtual ~OutputResizer() = default;
  // The new memory of the output. RESOURCE_EXHAUSTED over the limit.
  virtual Result<std::byte*> Resize(int output, std::size_t bytes) = 0;
};

// The buffers of one step in one session. Indices are those of the node's inputs and outputs, and of the scratch
// buffers in the order in which they were requested. Buffers have kBufferSlack readable bytes behind them and are
// 64-byte aligned (16-byte where a model's own memory plan places them), but for constants, which are aligned for their
// type and have no slack.
class RunContext {
 public:
  template <typename T>
  const T* Input(int index) const {
    return index < num_inputs ? static_cast<const T*>(Buffer(index)) : nullptr;  // null for an absent optional input
  }
  template <typename T>
  T* Output(int index) const {
    return static_cast<T*>(Buffer(num_inputs + index));
  }
  // The memory of an input that is a variable, which the kernel may change.
  template <typename T>
  T* Variable(int index) const {
    return index < num_inputs ? static_cast<T*>(Buffer(index)) : nullptr;
  }
  template <typename T>
  T* Scratch(int index) const {
    return static_cast<T*>(Buffer(num_inputs + num_outputs + index));
  }

  // What the executable's step and session supply. Negative entries of `slots` stand for an absent tensor.
  void* const* buffers = nullptr;
  const std::int32_t* slots = nullptr;
  int num_inputs = 0;
  int num_outputs = 0;
  ThreadPool* pool = nullptr;            // null: one thread
  Interruption* interruption = nullptr;  // for kernels that can be interrupted; null for none
  KernelState* state = nullptr;
  SessionServices* services = nullptr;
  const Shape* shapes = nullptr;     // one a slot, right when the step begins; null outside of a session
  OutputResizer* resizer = nullptr;  // for nodes with strings

  std::int32_t InputSlot(int index) const { return slots[index]; }
  std::int32_t OutputSlot(int index) const { return slots[num_inputs + index]; }

 private:
  void* Buffer(int position) const {
    const std::int32_t slot = slots[position];
    return slot < 0 ? nullptr : buffers[slot];
  }
};

class Kernel {
 public:
  virtual ~Kernel() = default;

  // Which code runs, for profiles: "reference.softmax", "xnnpack.conv2d_qs8_qc8w".
  virtual std::string_view name() const = 0;

  // The state for a new session; null when the kernel needs none. May allocate. Not called while Run of that state is.
  virtual Result<std::unique_ptr<KernelState>> NewState() const { return std::unique_ptr<KernelState>(); }

  // Computes the outputs from the inputs. Allocates nothing in a steady state. Fails only for reasons that lie in the
  // data (an index out of range); the message names the reason, the caller adds the node.
  virtual Status Run(const RunContext& run) const = 0;

  // Bytes that the kernel holds beside its inputs, outputs and scratch: packed weights, tables.
  virtual std::size_t packed_bytes() const { return 0; }
};

}  // namespace tfld::engine
