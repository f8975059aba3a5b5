// tfld's client library for C++20: finds the daemon of this machine, binds a model once, and infers with it.
//
//   auto client = tfld::Client::Connect();
//   auto binding = client->Bind("bearing_fault");
//   auto window = *binding->Input<std::int8_t>(0);   // write the input where the request keeps it
//   ...
//   tfld::Status status = binding->Infer({.timeout = std::chrono::milliseconds(20)});
//   auto scores = *binding->Output<std::int8_t>(0);  // valid until the next Infer
//
// The library talks to the daemon through shared memory when it can, and over gRPC otherwise; nothing in this header
// depends on which. Several requests of one model can be under way at once:
//
//   auto slots = client->BindSlots("bearing_fault", 4);
//   for (auto& slot : *slots) { ... write slot.Input ...; slot.Start(); }
//   for (auto& slot : *slots) { slot.Wait(); ... read slot.Output ... }
//
// Tensors are dense, in the model's own layout (NHWC for pictures), and quantized tensors hold the quantized numbers.
//
// Errors: every function that can fail returns a Status or a Result. UNAVAILABLE means that no daemon answers; the next
// call tries again by itself. FAILED_PRECONDITION from Infer means that the version that answers has other inputs or
// outputs than those that were bound: bind again. All other codes are the daemon's, with its message.
//
// Thread rule: a Client may be used from any thread. A Binding has one owner at a time: make one for each thread that
// infers; all bindings of a client share one connection.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace tfld {

// The types that a tensor can have on the wire.
enum class DataType : std::uint8_t {
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
  kBytes = 13,  // strings
};

// The protocol's name: "INT8", "FP32", "BYTES" ...
std::string_view DataTypeName(DataType type);
// Bytes of an element; 0 for kBytes.
std::size_t DataTypeSize(DataType type);

template <typename T>
struct DataTypeOf;  // not defined for what a tensor cannot hold
template <>
struct DataTypeOf<bool> {
  static constexpr DataType value = DataType::kBool;
};
template <>
struct DataTypeOf<std::uint8_t> {
  static constexpr DataType value = DataType::kUint8;
};
template <>
struct DataTypeOf<std::uint16_t> {
  static constexpr DataType value = DataType::kUint16;
};
template <>
struct DataTypeOf<std::uint32_t> {
  static constexpr DataType value = DataType::kUint32;
};
template <>
struct DataTypeOf<std::uint64_t> {
  static constexpr DataType value = DataType::kUint64;
};
template <>
struct DataTypeOf<std::int8_t> {
  static constexpr DataType value = DataType::kInt8;
};
template <>
struct DataTypeOf<std::int16_t> {
  static constexpr DataType value = DataType::kInt16;
};
template <>
struct DataTypeOf<std::int32_t> {
  static constexpr DataType value = DataType::kInt32;
};
template <>
struct DataTypeOf<std::int64_t> {
  static constexpr DataType value = DataType::kInt64;
};
template <>
struct DataTypeOf<float> {
  static constexpr DataType value = DataType::kFloat32;
};
template <>
struct DataTypeOf<double> {
  static constexpr DataType value = DataType::kFloat64;
};

struct TensorInfo {
  std::string name;
  DataType type = DataType::kFloat32;
  std::vector<std::int64_t> shape;  // -1 where the size is open
  bool operator==(const TensorInfo&) const = default;
};

// No deadline.
inline constexpr std::chrono::nanoseconds kNoTimeout = std::chrono::nanoseconds::max();

// How requests reach the daemon.
enum class TransportChoice : std::uint8_t {
  kAuto,  // through shared memory if daemon and model allow it, else over gRPC; TFLD_TRANSPORT (grpc, channel) decides
          // instead where it is set
  kGrpc,  // over gRPC alone
  kChannel,  // through shared memory alone: Bind fails for models that do not fit
};

struct ClientOptions {
  // Where the daemon's sockets are. Empty: TFLD_RUNTIME_DIR; or else /run/tfld for root, and for others if a daemon is
  // there; or else $XDG_RUNTIME_DIR/tfld.
  std::string runtime_dir;
  // How long Connect waits for a daemon that is not there yet. Zero: it must be there now.
  std::chrono::nanoseconds wait{0};
  // The greatest request or answer over gRPC.
  std::size_t max_message_bytes = std::size_t{64} << 20;
  TransportChoice transport = TransportChoice::kAuto;
};

// Which requests the daemon runs first. Between requests of one class it decides by their deadlines, and fairly.
enum class Priority : std::uint8_t { kDefault, kCritical, kNormal, kBackground };

struct InferOptions {
  // From now until the answer is here; DEADLINE_EXCEEDED after that, and the daemon does not run what is late.
  std::chrono::nanoseconds timeout = kNoTimeout;
  Priority priority = Priority::kDefault;
};

namespace client {
class BoundModel;
class Transport;
}  // namespace client

// One model, its tensors' memory, and the last answer. Keeps the connection open; may outlive its Client.
class Binding {
 public:
  Binding(Binding&&) noexcept;
  Binding& operator=(Binding&&) noexcept;
  ~Binding();

  const std::string& model() const;
  // As the model declares them.
  const std::vector<TensorInfo>& inputs() const;
  const std::vector<TensorInfo>& outputs() const;

  // The elements of an input, to be written; they keep their values from one Infer to the next. A span stays valid
  // until the binding is destroyed or one of its inputs is resized. By index or by name. Errors: NOT_FOUND,
  // INVALID_ARGUMENT (T is not the tensor's type), FAILED_PRECONDITION (a shape with open sizes was not set yet).
  template <typename T>
  Result<std::span<T>> Input(std::size_t index) {
    TFLD_ASSIGN_OR_RETURN(const std::span<std::byte> bytes, InputBytes(index, DataTypeOf<T>::value));
    return std::span<T>(reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T));
  }
  template <typename T>
  Result<std::span<T>> Input(std::string_view name) {
    TFLD_ASSIGN_OR_RETURN(const std::size_t index, InputIndex(name));
    return Input<T>(index);
  }
  // The same without a look at the type.
  Result<std::span<std::byte>> InputBytes(std::size_t index);

  // Gives an input another shape, for models that take more than one. All its elements become zero. An open first size,
  // the batch, is 1 before the first call; any other that is open must be set.
  Status ResizeInput(std::size_t index, std::span<const std::int64_t> shape);
  // The elements of an input of type kBytes, as many as its shape says.
  Status SetStrings(std::size_t index, std::span<const std::string_view> strings);

  // Sends the inputs and waits for the outputs.
  Status Infer(const InferOptions& options = {});

  // The same in two steps. Start sends the inputs, which must not be changed until Wait has returned; Wait waits for
  // the outputs, and gives the request's status. Every Start that succeeded is followed by a Wait. FAILED_PRECONDITION
  // when a request is, or is not, under way. Over gRPC, what the socket does not take at once (some 200 KB) is sent
  // while the owner is in Wait or done.
  Status Start(const InferOptions& options = {});
  Status Wait();
  // Whether Wait would return at once. Only while a request is under way.
  bool done() const;

  // The elements of an output of the last Infer that succeeded, valid until the next one. Errors: NOT_FOUND,
  // INVALID_ARGUMENT (T is not the tensor's type), FAILED_PRECONDITION (there is no answer).
  template <typename T>
  Result<std::span<const T>> Output(std::size_t index) const {
    TFLD_ASSIGN_OR_RETURN(const std::span<const std::byte> bytes, OutputBytes(index, DataTypeOf<T>::value));
    return std::span<const T>(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  }
  template <typename T>
  Result<std::span<const T>> Output(std::string_view name) const {
    TFLD_ASSIGN_OR_RETURN(const std::size_t index, OutputIndex(name));
    return Output<T>(index);
  }
  Result<std::span<const std::byte>> OutputBytes(std::size_t index) const;
  // Of an output of type kBytes.
  Result<std::vector<std::string>> OutputStrings(std::size_t index) const;
  // The shape that an output had in the last answer; empty when there is none.
  std::vector<std::int64_t> OutputShape(std::size_t index) const;
  // The version of the model that gave the last answer; 0 when there is none.
  std::uint64_t version() const;
  // How requests reach the daemon: "channel" or "grpc".
  std::string_view transport() const;

  Result<std::size_t> InputIndex(std::string_view name) const;
  Result<std::size_t> OutputIndex(std::string_view name) const;

 private:
  friend class Client;
  explicit Binding(std::unique_ptr<client::BoundModel> bound);

  Status CheckIdle() const;
  Status CheckReady();
  Result<std::span<std::byte>> InputBytes(std::size_t index, DataType type);
  Result<std::span<const std::byte>> OutputBytes(std::size_t index, DataType type) const;

  std::unique_ptr<client::BoundModel> bound_;
  bool started_ = false;  // between Start and Wait
};

// A connection to the daemon.
class Client {
 public:
  // Errors: UNAVAILABLE (no daemon answers there), PERMISSION_DENIED, INVALID_ARGUMENT (the path is too long).
  static Result<Client> Connect(const ClientOptions& options = {});

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Fetches what the model takes and gives. `version` is empty for whichever version is active at each Infer, so that
  // a binding lives on through a swap; or a label, which the binding follows likewise; or a number in decimal. Errors:
  // NOT_FOUND, UNAVAILABLE.
  Result<Binding> Bind(std::string_view model, std::string_view version = {}) const;
  // `count` bindings of one model whose requests can be under way at the same time; each has tensors of its own, and an
  // owner of its own. RESOURCE_EXHAUSTED when the daemon gives no channel with so many slots and gRPC may not be used.
  Result<std::vector<Binding>> BindSlots(std::string_view model, std::size_t count,
                                         std::string_view version = {}) const;

  // OK when the daemon serves its stored models.
  Status CheckReady() const;

  const std::string& runtime_dir() const;

 private:
  Client(std::string runtime_dir, std::shared_ptr<client::Transport> transport);

  std::string runtime_dir_;
  std::shared_ptr<client::Transport> transport_;
};

}  // namespace tfld
