#include "daemon/rpc/infer_stream.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "daemon/rpc/infer_job.h"
#include "daemon/rpc/message_memory.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/spin_after_request.h"
#include "daemon/rpc/status_map.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

constexpr std::uint64_t kKeepBytes = std::uint64_t{1} << 20;  // memory that a place keeps for its next request

class InferStream;

// A request that is read, runs or waits for its answer to be written; then the place is used again, with its memory.
class Place final : public InferJob {
 public:
  Place(const InferenceContext& context, grpc::CallbackServerContext& call, InferStream& stream)
      : InferJob(context, call), stream_(stream) {}

  void Begin(const PeerIdentity* caller) { Start(caller, request, held, *response.mutable_infer_response()); }
  void Empty();

  inference::ModelInferRequest request;
  inference::ModelStreamInferResponse response;
  std::uint64_t held = 0;  // bytes of the request, and then of its answer too
  bool answered = false;   // guarded by the stream's mutex

 private:
  void Done(const Status& status) override;

  InferStream& stream_;
};

void Place::Empty() {
  answered = false;
  response.Clear();
  if (held > kKeepBytes) {
    request = inference::ModelInferRequest();
    response = inference::ModelStreamInferResponse();
  }
  held = 0;
}

// The call ends when the client has closed its side and every request is answered; a call that was cancelled reads no
// more and writes in vain, so it ends the same way.
class InferStream final : public InferStreamReactor {
 public:
  InferStream(const InferenceContext& context, grpc::CallbackServerContext& call)
      : context_(context), call_(call), caller_(context.peers->Find(call.peer())) {
    if (caller_) {
      Advance(std::unique_lock(mutex_));
    } else {
      Finish(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "it is not known who calls"));
    }
  }

  void OnAnswer(Place& place);
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  // Begins what can be begun, and lets go of the lock. The stream may be gone afterwards.
  void Advance(std::unique_lock<std::mutex> lock);
  bool MayRead() const;
  std::size_t in_flight() const { return read_ - written_; }
  Place& At(std::size_t number) { return *places_[number % kMaxInFlight]; }

  const InferenceContext& context_;
  grpc::CallbackServerContext& call_;
  const std::shared_ptr<const PeerIdentity> caller_;

  std::mutex mutex_;  // guards what follows; the places' messages belong to who reads, runs or writes them
  std::array<std::unique_ptr<Place>, kMaxInFlight> places_;
  std::size_t read_ = 0;     // requests that were read so far
  std::size_t written_ = 0;  // answers that were written so far
  std::uint64_t held_ = 0;   // bytes of what lies between
  bool reading_ = false, writing_ = false, read_all_ = false, finished_ = false;
};

bool InferStream::MayRead() const {
  return !reading_ && !read_all_ && in_flight() < kMaxInFlight && (held_ < kMaxHeldBytes || in_flight() == 0);
}

// What is begun is marked before the lock is released, so nobody else can end the call until it is done.
void InferStream::Advance(std::unique_lock<std::mutex> lock) {
  Place* to_read = nullptr;
  Place* to_write = nullptr;
  if (MayRead()) {
    std::unique_ptr<Place>& place = places_[read_ % kMaxInFlight];
    if (!place) place = std::make_unique<Place>(context_, call_, *this);
    to_read = place.get();
    reading_ = true;
  }
  if (!writing_ && in_flight() > 0 && At(written_).answered) {
    to_write = &At(written_);
    writing_ = true;
  }
  const bool finish = read_all_ && in_flight() == 0 && !finished_;
  finished_ = finished_ || finish;
  lock.unlock();
  if (to_read != nullptr) StartRead(&to_read->request);
  if (to_write != nullptr) StartWrite(&to_write->response);
  if (finish) Finish(grpc::Status::OK);
}

void InferStream::OnReadDone(bool ok) {
  const SpinAfterRequest spins(context_.spin);
  std::unique_lock lock(mutex_);
  if (ok) {
    Place& place = At(read_++);
    place.held = MemoryOf(place.request);
    held_ += place.held;
    lock.unlock();
    place.Begin(caller_.get());
    lock.lock();  // the stream is still there, because it is reading
  }
  reading_ = false;
  read_all_ = !ok;
  Advance(std::move(lock));
}

void InferStream::OnAnswer(Place& place) {
  const std::uint64_t bytes = MemoryOf(place.response.infer_response());
  std::unique_lock lock(mutex_);
  place.answered = true;
  place.held += bytes;
  held_ += bytes;
  Advance(std::move(lock));
}

void InferStream::OnWriteDone(bool) {
  std::unique_lock lock(mutex_);
  writing_ = false;
  Place& place = At(written_++);
  held_ -= place.held;
  place.Empty();
  Advance(std::move(lock));
}

void Place::Done(const Status& status) {
  inference::ModelInferResponse& answer = *response.mutable_infer_response();
  if (!status.ok()) {
    response.set_error_message(MessageFor(status));
    answer.Clear();
    answer.set_model_name(request.model_name());
    answer.set_id(request.id());
  }
  // Each request has one answer, so each answer is the last of its request.
  (*answer.mutable_parameters())["triton_final_response"].set_bool_param(true);
  stream_.OnAnswer(*this);
}

}  // namespace

InferStreamReactor* NewInferStream(const InferenceContext& context, grpc::CallbackServerContext& call) {
  return new InferStream(context, call);
}

}  // namespace tfld::daemon
