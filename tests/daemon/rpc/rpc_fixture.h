// RpcFixture: the inference service on a Unix socket, in the process of the test, with models that echo.
#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <cstdint>
#include <latch>
#include <memory>
#include <string>

#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/rpc/inference_context.h"
#include "daemon/rpc/peer_registry.h"
#include "daemon/rpc/region_registry.h"
#include "daemon/rpc/rpc_server.h"
#include "daemon/scheduler/request_stats.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/telemetry/trace_settings.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/daemon/rpc/fake_manager.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/support/temp_dir.h"

namespace tfld::test {

// A channel of its own to the socket at `path`.
std::shared_ptr<grpc::Channel> ChannelTo(const std::string& path);

class RpcFixture {
 public:
  // One executor, a queue of two, and a model "echo" of FP32 [1, 4] in version 3.
  // With `managing` as on the admin socket; `spin` as in InferenceContext.
  explicit RpcFixture(const daemon::RpcServerOptions& options = {}, bool managing = false,
                      std::chrono::nanoseconds spin = {});
  ~RpcFixture();

  void Publish(const std::string& model, std::uint64_t version, const std::vector<EchoTensor>& tensors);
  std::unique_ptr<inference::GRPCInferenceService::Stub> NewStub() const;

  // Keeps the only executor busy until the returned latch is released.
  std::shared_ptr<std::latch> Occupy();
  // Queues a job beside the calls; false when the queue is full.
  bool Enqueue();
  void WaitUntilQueued(std::size_t count) const;
  // The requests to the model's only version that ended so.
  std::uint64_t Counted(const std::string& model, StatusCode code) const;

  const TempDir directory;
  const std::string path = directory / "tfld.sock";
  daemon::Readiness readiness{daemon::Phase::kServing};
  daemon::Scheduler scheduler;
  daemon::ServingMap map;
  daemon::RequestStats stats;
  daemon::RegionRegistry regions;
  daemon::TraceSettings traces;
  FakeManager manager;
  std::shared_ptr<daemon::PeerRegistry> peers = std::make_shared<daemon::PeerRegistry>();
  std::unique_ptr<daemon::RpcServer> server;
};

// A right request for the model "echo".
inference::ModelInferRequest EchoRequest();

}  // namespace tfld::test
