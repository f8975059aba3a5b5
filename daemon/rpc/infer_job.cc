#include "daemon/rpc/infer_job.h"

#include <grpc/support/time.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "daemon/identity/peer_identity.h"
#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/request_parameters.h"
#include "daemon/rpc/tensor_codec.h"
#include "daemon/scheduler/request_observer.h"
#include "daemon/scheduler/scheduler.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using std::chrono::steady_clock;

// A timeout of at least so much is none.
constexpr std::chrono::seconds kEndless = std::chrono::hours(24 * 365);

// The earlier one of the call's own deadline and the `timeout` parameter, on the monotonic clock.
SteadyTime DeadlineOf(const grpc::CallbackServerContext& call, const RequestParameters& parameters, SteadyTime now) {
  SteadyTime deadline = SteadyTime::max();
  // gRPC's time points overflow for a deadline in some hundred years, which some languages' greatest timeout is.
  const gpr_timespec called = call.raw_deadline();
  const gpr_timespec left = gpr_time_sub(called, gpr_now(called.clock_type));
  if (left.tv_sec < kEndless.count()) {
    deadline = now + std::chrono::seconds(left.tv_sec) + std::chrono::nanoseconds(left.tv_nsec);
  }
  if (parameters.timeout && *parameters.timeout < kEndless) deadline = std::min(deadline, now + *parameters.timeout);
  return deadline;
}

// The bytes that an answer to the request takes in memory, as far as they are known before the run.
std::uint64_t AnswerBytes(const engine::EntryPoint& entry) {
  std::uint64_t bytes = 0;
  for (const engine::TensorInfo& output : entry.outputs) bytes += ByteSize(output.type, output.shape.NumElements());
  return bytes;
}

}  // namespace

InferJob::InferJob(const InferenceContext& context, grpc::CallbackServerContext& call)
    : context_(context), call_(call) {}

InferJob::~InferJob() = default;

void InferJob::Start(const PeerIdentity* caller, const inference::ModelInferRequest& request,
                     std::uint64_t request_bytes, inference::ModelInferResponse& response) {
  request_ = &request;
  response_ = &response;
  received_ = steady_clock::now();
  Status status = Prepare(caller, request_bytes);
  if (status.ok()) status = context_.scheduler->SubmitOrRun(*this);
  if (status.ok()) return;  // the job may be gone
  JobTimes times;
  times.finished = steady_clock::now();
  Finish(status, times);
}

// Everything that can be decided before an executor is needed.
Status InferJob::Prepare(const PeerIdentity* caller, std::uint64_t request_bytes) {
  if (caller == nullptr) return {StatusCode::kUnauthenticated, "it is not known who calls"};
  client = {caller->uid, caller->pid};
  TFLD_RETURN_IF_ERROR(context_.readiness->Check());
  TFLD_ASSIGN_OR_RETURN(served_, context_.map->Acquire(request_->model_name(), request_->model_version()));
  instance = served_->instance;
  TFLD_RETURN_IF_ERROR(served_->Explain(ResolveSharedTensors(*request_, *context_.regions, client.uid, shared_)));
  TFLD_RETURN_IF_ERROR(served_->Explain(CopySharedStrings(*request_, context_.max_message_bytes, shared_)));
  TFLD_RETURN_IF_ERROR(served_->Explain(CheckRequest(entry(), *request_, shared_)));
  RequestParameters parameters;
  TFLD_RETURN_IF_ERROR(served_->Explain(ParseParameters(*request_, parameters)));
  deadline = DeadlineOf(call_, parameters, received_);
  posted = received_;
  priority = parameters.priority;
  bytes = request_bytes + shared_.CopiedBytes() + AnswerBytes(entry());
  may_batch = HasPlannedShapes(entry(), *request_);
  response_->set_model_name(served_->model);
  response_->set_model_version(std::to_string(served_->version));
  response_->set_id(request_->id());
  PrepareResponse(entry(), *request_, shared_, *response_);
  return {};
}

bool InferJob::cancelled() const { return call_.IsCancelled(); }

Status InferJob::Load(const SessionRow& row) { return CopyInputs(entry(), *request_, shared_, row); }

Status InferJob::Store(const SessionRow& row) {
  return CopyOutputs(entry(), row, served_->class_labels, shared_, *response_);
}

void InferJob::Report(const Status& status, const JobTimes& times) const {
  FinishedRequest finished;
  if (served_) {
    finished.model = served_->model;
    finished.version = served_->version;
    finished.instance = instance.get();
  }
  finished.id = request_->id();
  finished.uid = client.uid;
  finished.pid = client.pid;
  finished.priority = priority;
  finished.transport = kGrpcTransport;
  finished.code = status.code();
  finished.received = received_;
  finished.times = times;
  for (RequestObserver* observer : context_.observers) observer->OnRequest(finished);
}

// A job that is started again, or waits for that, must not hold what this request needed.
void InferJob::Finish(const Status& outcome, const JobTimes& times) {
  // What came out of the run says of which model it speaks, as what came before it does.
  const Status status = times.started != SteadyTime() ? served_->Explain(outcome) : outcome;
  Report(status, times);
  instance.reset();
  served_.reset();
  shared_.Clear();
  Done(status);
}

}  // namespace tfld::daemon
