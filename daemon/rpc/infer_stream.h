// ModelStreamInfer: requests and answers over one stream.
//
// Each request is queued as it comes, up to kMaxInFlight of a stream at once, and answered in the order of the
// requests, as clients expect that do not compare ids. A request that fails is answered with an error_message and its
// id; the stream goes on. A client that does not read its answers is not read from either, so that it holds no more
// than its kMaxInFlight requests and, but for one request, kMaxHeldBytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daemon/rpc/inference_context.h"

namespace grpc {
class CallbackServerContext;
template <class Request, class Response>
class ServerBidiReactor;
}  // namespace grpc

namespace inference {
class ModelInferRequest;
class ModelStreamInferResponse;
}  // namespace inference

namespace tfld::daemon {

inline constexpr std::size_t kMaxInFlight = 16;
inline constexpr std::uint64_t kMaxHeldBytes = std::uint64_t{16} << 20;

using InferStreamReactor = grpc::ServerBidiReactor<inference::ModelInferRequest, inference::ModelStreamInferResponse>;

// For the method's handler to return; it deletes itself when the call has ended. `context` outlives it.
InferStreamReactor* NewInferStream(const InferenceContext& context, grpc::CallbackServerContext& call);

}  // namespace tfld::daemon
