// InferJob: one inference request of the protocol on its way through the scheduler, whichever call brought it.
#pragma once

#include <cstdint>
#include <memory>

#include "daemon/rpc/inference_context.h"
#include "daemon/rpc/shared_tensors.h"
#include "daemon/scheduler/job.h"

namespace grpc {
class CallbackServerContext;
}

namespace inference {
class ModelInferRequest;
class ModelInferResponse;
}  // namespace inference

namespace tfld::daemon {

struct PeerIdentity;
struct ServedVersion;

class InferJob : public Job {
 public:
  // Both outlive the job.
  InferJob(const InferenceContext& context, grpc::CallbackServerContext& call);
  ~InferJob() override;

  // Checks the request, pins its model's version and queues it; Done follows, before this returns or later. Request and
  // response live until then, and the response is empty. `caller` is null when it is not known who calls,
  // `request_bytes` is MemoryOf the request. After Done the job may be started again.
  void Start(const PeerIdentity* caller, const inference::ModelInferRequest& request, std::uint64_t request_bytes,
             inference::ModelInferResponse& response);

  bool cancelled() const final;
  Status Load(const SessionRow& row) final;
  Status Store(const SessionRow& row) final;
  void Finish(const Status& status, const JobTimes& times) final;

 protected:
  // Exactly once for each Start, on any thread: the response is ready, or the status says why not. The last that is
  // done with the job, which may be destroyed in here. Must not block, and must not call Start.
  virtual void Done(const Status& status) = 0;

 private:
  const engine::EntryPoint& entry() const { return instance->executable().entry_points()[0]; }
  Status Prepare(const PeerIdentity* caller, std::uint64_t request_bytes);
  void Report(const Status& status, const JobTimes& times) const;

  const InferenceContext& context_;
  grpc::CallbackServerContext& call_;
  const inference::ModelInferRequest* request_ = nullptr;
  inference::ModelInferResponse* response_ = nullptr;
  SteadyTime received_{};
  std::shared_ptr<const ServedVersion> served_;
  SharedTensors shared_;
};

}  // namespace tfld::daemon
