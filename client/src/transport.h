// Transport: how requests reach the daemon: over gRPC or through shared memory. Tensors are written and read in place,
// in memory that belongs to the transport.
//
// Thread rule: a Transport may be used from any thread; a BoundModel has one owner at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "tfld/client.h"

namespace tfld::client {

struct ModelInfo {
  std::string name;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  bool operator==(const ModelInfo&) const = default;
};

// A model bound over one transport; Binding checks indexes and types before it calls.
class BoundModel {
 public:
  virtual ~BoundModel() = default;

  virtual const ModelInfo& info() const = 0;
  virtual std::string_view transport() const = 0;  // "grpc", "channel"

  // The shape that an input will be sent with, and its memory. It has open sizes (-1) and no memory until SetInput if
  // the model declares it so.
  virtual const std::vector<std::int64_t>& input_shape(std::size_t index) const = 0;
  virtual std::span<std::byte> input(std::size_t index) = 0;
  // Gives an input a shape without open sizes and `size` bytes of memory, which are zero.
  virtual Status SetInput(std::size_t index, std::span<const std::int64_t> shape, std::size_t size) = 0;

  // Sends the request, and does not wait for its answer. The binding sees to it that there is one at a time.
  virtual Status Start(const InferOptions& options) = 0;
  // Whether Wait returns at once. Only between Start and Wait, as Wait.
  virtual bool done() = 0;
  // Waits for the answer, or for the end of the request's timeout.
  virtual Status Wait() = 0;
  // Both in one; a transport may have a quicker way.
  virtual Status Infer(const InferOptions& options) {
    TFLD_RETURN_IF_ERROR(Start(options));
    return Wait();
  }

  // The last answer. Without one the version is 0, and the others must not be called.
  virtual std::uint64_t version() const = 0;
  virtual std::span<const std::byte> output(std::size_t index) const = 0;
  virtual std::vector<std::int64_t> output_shape(std::size_t index) const = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // OK as soon as the daemon answers, UNAVAILABLE if it does not within `wait`. Zero: it must answer now.
  virtual Status Connect(std::chrono::nanoseconds wait) = 0;
  // OK if the daemon serves its stored models.
  virtual Status CheckReady() = 0;
  // `slots` models that may have a request under way at the same time; at least one.
  virtual Result<std::vector<std::unique_ptr<BoundModel>>> Bind(const std::string& model, const std::string& version,
                                                                std::size_t slots) = 0;
};

}  // namespace tfld::client
