#include "daemon/rpc/infer_job.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/request_parameters.h"
#include "daemon/rpc/status_map.h"
#include "daemon/rpc/tensor_codec.h"
#include "daemon/scheduler/request_observer.h"
#include "daemon/scheduler/scheduler.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

// The earlier one of the call's own deadline and the `timeout` parameter, on the monotonic clock.
SteadyTime DeadlineOf(const grpc::CallbackServerContext& call, const RequestParameters& parameters, SteadyTime now) {
  SteadyTime deadline = SteadyTime::max();
  if (const system_clock::time_point called = call.deadline(); called != system_clock::time_point::max()) {
    deadline = now + std::chrono::duration_cast<steady_clock::duration>(called - system_clock::now());
  }
  if (parameters.timeout && *parameters.timeout < std::chrono::hours(24 * 365)) {
    deadline = std::min(deadline, now + *parameters.timeout);
  }
  return deadline;
}

class InferJob : public Job {
 public:
  InferJob(const InferenceContext& context, grpc::CallbackServerContext& call,
           const inference::ModelInferRequest& request, inference::ModelInferResponse& response,
           grpc::ServerUnaryReactor& reactor)
      : context_(context),
        call_(call),
        request_(request),
        response_(response),
        reactor_(reactor),
        received_(steady_clock::now()) {}

  // Everything that can be decided before an executor is needed.
  Status Prepare();

  bool cancelled() const override { return call_.IsCancelled(); }
  Status Run(engine::Session& session, JobTimes& times) override;
  void Finish(const Status& status, const JobTimes& times) override;  // and destroys the job

 private:
  const engine::EntryPoint& entry() const { return instance->executable().entry_points()[0]; }
  Status Identify();
  Status Explain(const Status& status) const;

  const InferenceContext& context_;
  grpc::CallbackServerContext& call_;
  const inference::ModelInferRequest& request_;
  inference::ModelInferResponse& response_;
  grpc::ServerUnaryReactor& reactor_;
  const SteadyTime received_;
  std::shared_ptr<const ServedVersion> served_;
};

Status InferJob::Identify() {
  const std::shared_ptr<const PeerIdentity> peer = context_.peers->Find(call_.peer());
  if (!peer) return {StatusCode::kUnauthenticated, "it is not known who calls"};
  client = {peer->uid, peer->pid};
  return {};
}

// The same status, with the model before its message.
Status InferJob::Explain(const Status& status) const {
  if (status.ok()) return status;
  return status.WithContext(StrCat("model '", served_->model, "' version ", served_->version));
}

Status InferJob::Prepare() {
  TFLD_RETURN_IF_ERROR(Identify());
  if (!context_.ready->load(std::memory_order_acquire)) return Unavailable("the stored models are still being loaded");
  TFLD_ASSIGN_OR_RETURN(served_, context_.map->Acquire(request_.model_name(), request_.model_version()));
  instance = served_->instance;
  TFLD_RETURN_IF_ERROR(Explain(CheckRequest(entry(), request_)));
  RequestParameters parameters;
  TFLD_RETURN_IF_ERROR(Explain(ParseParameters(request_, parameters)));
  deadline = DeadlineOf(call_, parameters, received_);
  bytes = request_.ByteSizeLong();
  response_.set_model_name(served_->model);
  response_.set_model_version(std::to_string(served_->version));
  response_.set_id(request_.id());
  PrepareResponse(entry(), request_, response_);
  return {};
}

// A session serves one caller after the other: nothing of a model's state may go from one request to the next.
Status InferJob::Run(engine::Session& session, JobTimes& times) {
  session.Reset();
  TFLD_RETURN_IF_ERROR(Explain(CopyInputs(entry(), request_, session)));
  times.input_done = steady_clock::now();
  TFLD_RETURN_IF_ERROR(Explain(session.Run()));
  times.infer_done = steady_clock::now();
  CopyOutputs(entry(), session, served_->class_labels, response_);
  return {};
}

void InferJob::Finish(const Status& status, const JobTimes& times) {
  FinishedRequest finished;
  if (served_) {
    finished.model = served_->model;
    finished.version = served_->version;
    finished.instance = served_->instance.get();
  }
  finished.id = request_.id();
  finished.uid = client.uid;
  finished.pid = client.pid;
  finished.priority = priority;
  finished.transport = kGrpcTransport;
  finished.code = status.code();
  finished.received = received_;
  finished.times = times;
  for (RequestObserver* observer : context_.observers) observer->OnRequest(finished);
  reactor_.Finish(ToGrpc(status));  // the call may be gone from here on
  delete this;
}

}  // namespace

void StartInference(const InferenceContext& context, grpc::CallbackServerContext& call,
                    const inference::ModelInferRequest& request, inference::ModelInferResponse& response,
                    grpc::ServerUnaryReactor& reactor) {
  auto* job = new InferJob(context, call, request, response, reactor);  // owns itself, until Finish
  Status status = job->Prepare();
  if (status.ok()) status = context.scheduler->Submit(*job);
  if (status.ok()) return;
  JobTimes times;
  times.finished = steady_clock::now();
  job->Finish(status, times);
}

}  // namespace tfld::daemon
