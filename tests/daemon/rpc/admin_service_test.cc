#include "daemon/rpc/admin_service.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "daemon/telemetry/event_hub.h"
#include "daemon/telemetry/log.h"
#include "daemon/telemetry/trace_settings.h"
#include "daemon/telemetry/tracer.h"
#include "tests/daemon/rpc/fake_manager.h"
#include "tests/daemon/rpc/rpc_fixture.h"
#include "tests/support/unix_socket.h"
#include "tfld/v1/admin.grpc.pb.h"

namespace tfld::daemon {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class AdminServiceTest : public testing::Test {
 protected:
  AdminServiceTest() {
    AdminContext context;
    context.manager = &manager_;
    context.scheduler = &inference_.scheduler;
    context.map = &inference_.map;
    context.stats = &inference_.stats;
    context.tracer = &tracer_;
    context.events = &hub_;
    context.peers = peers_;
    context.inference_connections = [this] { return inference_.server->connections(); };
    context.daemon.version = "1.2.3";
    context.daemon.state_dir = "/var/lib/tfld";
    auto server = RpcServer::Start(test::ListenOn(path_), peers_, {NewAdminService(context)}, RpcServerOptions());
    EXPECT_TRUE(server.ok());
    server_ = std::move(*server);
    stub_ = v1::Admin::NewStub(test::ChannelTo(path_));
  }

  template <typename Method, typename Request, typename Response>
  grpc::Status Call(Method method, const Request& request, Response& response) {
    grpc::ClientContext context;
    return (*stub_.*method)(&context, request, &response);
  }

  // Sends what is given and reads all events.
  grpc::Status Deploy(const std::vector<v1::DeployRequest>& parts) {
    grpc::ClientContext context;
    const auto stream = stub_->Deploy(&context);
    for (const v1::DeployRequest& part : parts) {
      if (!stream->Write(part)) break;
    }
    stream->WritesDone();
    events_.clear();
    v1::DeployEvent event;
    while (stream->Read(&event)) events_.push_back(event);
    return stream->Finish();
  }

  static v1::DeployRequest Header(std::uint64_t size) {
    v1::DeployRequest part;
    part.mutable_header()->set_model("echo");
    part.mutable_header()->set_version(5);
    part.mutable_header()->set_size(size);
    part.mutable_header()->set_sha256("abc");
    part.mutable_header()->set_stage_only(true);
    return part;
  }

  static v1::DeployRequest Chunk(const std::string& bytes) {
    v1::DeployRequest part;
    part.set_chunk(bytes);
    return part;
  }

  using Stub = v1::Admin::Stub;
  const std::string actor_ = StrCat("uid ", getuid(), " pid ", getpid());
  test::FakeManager manager_;
  TraceSettings trace_settings_;
  Tracer tracer_{trace_settings_};
  EventHub hub_;
  test::RpcFixture inference_;
  const std::string path_ = inference_.directory / "admin.sock";
  std::shared_ptr<PeerRegistry> peers_ = std::make_shared<PeerRegistry>();
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<Stub> stub_;
  std::vector<v1::DeployEvent> events_;
};

TEST_F(AdminServiceTest, Deploys) {
  const grpc::Status status = Deploy({Header(6), Chunk("abc"), Chunk("def")});
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(manager_.last_deploy.model, "echo");
  EXPECT_EQ(manager_.last_deploy.version, 5u);
  EXPECT_EQ(manager_.last_deploy.sha256, "abc");
  EXPECT_TRUE(manager_.last_deploy.stage_only);
  EXPECT_EQ(manager_.last_deploy.actor, actor_);
  EXPECT_EQ(manager_.received.size(), 6u);
  ASSERT_EQ(events_.size(), 3u);
  EXPECT_EQ(events_[0].state(), v1::VERSION_STATE_VERIFIED);
  EXPECT_EQ(events_[0].detail(), "verified");
  EXPECT_FALSE(events_[1].has_version());
  EXPECT_EQ(events_[2].state(), v1::VERSION_STATE_ACTIVE);
  EXPECT_EQ(events_[2].version().version(), 5u);
}

TEST_F(AdminServiceTest, ADeployThatFailsSaysWhy) {
  const grpc::Status status = Deploy({Header(6), Chunk("abc")});
  EXPECT_EQ(status.error_code(), StatusCode::DATA_LOSS);
  EXPECT_EQ(status.error_message(), "the package was cut");
  EXPECT_EQ(events_.size(), 2u);
}

TEST_F(AdminServiceTest, ADeployBeginsWithItsHeader) {
  EXPECT_EQ(Deploy({Chunk("abc")}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Deploy({}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Deploy({Header(6), Header(6)}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(manager_.dropped_uploads, 1);
}

TEST_F(AdminServiceTest, ChunksAreBounded) {
  EXPECT_EQ(Deploy({Header(6), Chunk(std::string((1 << 20) + 1, 'x'))}).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(AdminServiceTest, AClientThatGoesAwayLeavesNothing) {
  {
    grpc::ClientContext context;
    const auto stream = stub_->Deploy(&context);
    ASSERT_TRUE(stream->Write(Header(6)));
    ASSERT_TRUE(stream->Write(Chunk("abc")));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  }
  server_->Stop(SteadyTime{});
  EXPECT_TRUE(manager_.calls.empty());
}

TEST_F(AdminServiceTest, Changes) {
  v1::ActivateRequest activate;
  activate.set_model("echo");
  activate.set_version(2);
  v1::ActivateResponse activated;
  ASSERT_TRUE(Call(&Stub::Activate, activate, activated).ok());
  EXPECT_EQ(activated.version().version(), 2u);
  v1::RollbackRequest rollback;
  rollback.set_model("echo");
  v1::RollbackResponse rolled_back;
  ASSERT_TRUE(Call(&Stub::Rollback, rollback, rolled_back).ok());
  EXPECT_EQ(rolled_back.version().state(), v1::VERSION_STATE_ACTIVE);
  v1::SetLabelRequest label;
  label.set_model("echo");
  label.set_label("canary");
  label.set_version(3);
  v1::SetLabelResponse labelled;
  ASSERT_TRUE(Call(&Stub::SetLabel, label, labelled).ok());
  EXPECT_EQ(labelled.version().version(), 3u);
  v1::RemoveLabelRequest unlabel;
  unlabel.set_model("echo");
  unlabel.set_label("canary");
  v1::RemoveLabelResponse unlabelled;
  ASSERT_TRUE(Call(&Stub::RemoveLabel, unlabel, unlabelled).ok());
  v1::RemoveRequest remove;
  remove.set_model("echo");
  remove.set_version(1);
  v1::RemoveResponse removed;
  ASSERT_TRUE(Call(&Stub::Remove, remove, removed).ok());
  EXPECT_THAT(manager_.calls, ElementsAre("activate echo 2 by " + actor_, "rollback echo 0 by " + actor_,
                                          "label echo canary 3 by " + actor_, "unlabel echo canary by " + actor_,
                                          "remove echo 1 by " + actor_));
}

TEST_F(AdminServiceTest, TheManagersReasonReachesTheCaller) {
  manager_.outcome = FailedPrecondition("version 2 failed its golden test");
  v1::ActivateResponse response;
  const grpc::Status status = Call(&Stub::Activate, v1::ActivateRequest(), response);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "version 2 failed its golden test");
}

TEST_F(AdminServiceTest, ShowsModels) {
  v1::ListModelsResponse list;
  ASSERT_TRUE(Call(&Stub::ListModels, v1::ListModelsRequest(), list).ok());
  ASSERT_EQ(list.models_size(), 2);
  const v1::ModelStatus& model = list.models(0);
  EXPECT_EQ(model.name(), "a");
  EXPECT_EQ(model.active(), 2u);
  EXPECT_FALSE(model.has_previous());
  EXPECT_EQ(model.generation(), 7u);
  ASSERT_EQ(model.versions_size(), 2);
  EXPECT_EQ(model.versions(1).sha256(), "abc");
  EXPECT_EQ(model.memory().arenas(), 3u);
  v1::GetModelRequest request;
  request.set_model("c");
  v1::GetModelResponse response;
  EXPECT_EQ(Call(&Stub::GetModel, request, response).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(AdminServiceTest, ShowsTheNewestOfTheHistory) {
  v1::GetHistoryRequest request;
  request.set_limit(2);
  v1::GetHistoryResponse response;
  ASSERT_TRUE(Call(&Stub::GetHistory, request, response).ok());
  ASSERT_EQ(response.events_size(), 2);
  EXPECT_EQ(response.events(0).version(), 2u);
  EXPECT_EQ(response.events(1).reason(), "no");
  EXPECT_EQ(response.events(1).actor(), "uid 0 pid 1");
}

TEST_F(AdminServiceTest, ShowsWhatWasServed) {
  grpc::ClientContext context;
  inference::ModelInferResponse inferred;
  const auto inference_stub = inference_.NewStub();
  ASSERT_TRUE(inference_stub->ModelInfer(&context, test::EchoRequest(), &inferred).ok());
  inference_.Publish("other", 1, {{engine::ElementType::kFloat32, {1}}});
  v1::GetStatsResponse response;
  ASSERT_TRUE(Call(&Stub::GetStats, v1::GetStatsRequest(), response).ok());
  EXPECT_EQ(response.daemon().version(), "1.2.3");
  EXPECT_EQ(response.daemon().pid(), getpid());
  EXPECT_EQ(response.daemon().executors(), 1u);
  EXPECT_EQ(response.daemon().connections(), 1u);
  ASSERT_EQ(response.models_size(), 2);
  EXPECT_EQ(response.models(0).model(), "echo");
  EXPECT_TRUE(response.models(0).active());
  ASSERT_EQ(response.models(0).requests_size(), 1);
  EXPECT_EQ(response.models(0).requests(0).code(), "OK");
  EXPECT_EQ(response.models(0).request().count(), 1u);
  EXPECT_GT(response.models(0).request().p50_us(), 0.0);
  EXPECT_EQ(response.models(1).model(), "other");
  EXPECT_EQ(response.models(1).requests_size(), 0);
}

TEST_F(AdminServiceTest, ShowsTheDaemon) {
  v1::GetServerInfoResponse response;
  ASSERT_TRUE(Call(&Stub::GetServerInfo, v1::GetServerInfoRequest(), response).ok());
  EXPECT_EQ(response.version(), "1.2.3");
  EXPECT_EQ(response.state_dir(), "/var/lib/tfld");
  EXPECT_EQ(response.threads_per_executor(), 1u);
}

TEST_F(AdminServiceTest, AdminIsNotOnTheInferenceSocket) {
  const auto stub = v1::Admin::NewStub(test::ChannelTo(inference_.path));
  grpc::ClientContext context;
  v1::ListModelsResponse response;
  const grpc::Status status = stub->ListModels(&context, v1::ListModelsRequest(), &response);
  EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED) << status.error_message();
}

TEST_F(AdminServiceTest, ACallerThatIsNotKnownIsDenied) {
  v1::ListModelsResponse response;
  ASSERT_TRUE(Call(&Stub::ListModels, v1::ListModelsRequest(), response).ok());
  for (int descriptor = 0; descriptor < 65536; ++descriptor) peers_->Remove(descriptor);
  EXPECT_EQ(Call(&Stub::ListModels, v1::ListModelsRequest(), response).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Deploy({Header(1)}).error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(AdminServiceTest, HistogramsAndClientsComeWhenAskedFor) {
  FinishedRequest request;
  request.model = "echo";
  request.version = 3;
  request.uid = 4'000'000'000;
  request.received = std::chrono::steady_clock::now();
  request.times.finished = request.received + std::chrono::microseconds(500);
  inference_.stats.OnRequest(request);
  v1::GetStatsRequest ask;
  v1::GetStatsResponse answer;
  ASSERT_TRUE(Call(&Stub::GetStats, ask, answer).ok());
  EXPECT_EQ(answer.clients_size(), 0);
  EXPECT_FALSE(answer.models(0).has_request_histogram());
  EXPECT_GT(answer.daemon().resident_bytes(), 0u);

  ask.set_histograms(true);
  answer.Clear();
  ASSERT_TRUE(Call(&Stub::GetStats, ask, answer).ok());
  ASSERT_EQ(answer.clients_size(), 1);
  EXPECT_EQ(answer.clients(0).name(), "4000000000");
  EXPECT_EQ(answer.clients(0).succeeded(), 1u);
  const v1::Histogram& histogram = answer.models(0).request_histogram();
  ASSERT_EQ(histogram.counts_size(), 1);
  EXPECT_LE(histogram.from_us(0), 500);
  EXPECT_GT(histogram.to_us(0), 500);
}

TEST_F(AdminServiceTest, TheTimeOfABatchCountsOnce) {
  FinishedRequest request;
  request.model = "batched";
  request.version = 1;
  request.received = std::chrono::steady_clock::now();
  request.times.queued = request.times.started = request.times.input_done = request.received;
  request.times.infer_done = request.times.finished = request.received + std::chrono::microseconds(100);
  inference_.stats.OnRequest(request);
  request.times.batch_size = 4;
  for (int i = 0; i < 4; ++i) inference_.stats.OnRequest(request);
  v1::GetStatsRequest ask;
  ask.set_model("batched");
  v1::GetStatsResponse answer;
  ASSERT_TRUE(Call(&Stub::GetStats, ask, answer).ok());
  ASSERT_EQ(answer.models_size(), 1);
  EXPECT_EQ(answer.models(0).executions(), 2u);
  EXPECT_EQ(answer.models(0).busy_ns(), 200'000u);
}

TEST_F(AdminServiceTest, OfAModelThatNeverWasThereIsNothingToCountOrToTrace) {
  FinishedRequest request;
  request.model = "gone";
  request.version = 1;
  inference_.stats.OnRequest(request);
  v1::GetStatsRequest ask;
  v1::GetStatsResponse answer;
  for (const char* model : {"", "a", "gone"}) {
    ask.set_model(model);
    EXPECT_TRUE(Call(&Stub::GetStats, ask, answer).ok()) << model;
  }
  ask.set_model("typo");
  const grpc::Status counted = Call(&Stub::GetStats, ask, answer);
  EXPECT_EQ(counted.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(counted.error_message(), HasSubstr("typo"));

  grpc::ClientContext context;
  v1::TraceRequest trace;
  trace.set_model("typo");
  const auto stream = stub_->Trace(&context, trace);
  v1::TraceResponse begun;
  EXPECT_FALSE(stream->Read(&begun));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::NOT_FOUND);
}

TEST_F(AdminServiceTest, ATraceTellsOfRequestsUntilItsCount) {
  grpc::ClientContext context;
  v1::TraceRequest ask;
  ask.set_model("echo");
  ask.set_count(2);
  const auto stream = stub_->Trace(&context, ask);
  v1::TraceResponse answer;
  ASSERT_TRUE(stream->Read(&answer));  // it has begun
  FinishedRequest request;
  request.model = "echo";
  request.id = "r1";
  request.transport = kGrpcTransport;
  request.received = std::chrono::steady_clock::now();
  request.times.queued = request.received + std::chrono::nanoseconds(1500);
  for (int i = 0; i < 3; ++i) tracer_.OnRequest(request);
  std::vector<v1::RequestTrace> traces;
  while (stream->Read(&answer)) traces.insert(traces.end(), answer.requests().begin(), answer.requests().end());
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(traces.size(), 2u);
  EXPECT_EQ(traces[0].id(), "r1");
  EXPECT_EQ(traces[0].priority(), "normal");
  EXPECT_EQ(traces[0].queued_ns(), 1500);
  EXPECT_FALSE(traces[0].has_started_ns());
}

TEST_F(AdminServiceTest, WatchersSeeEventsOfTheirModelUntilTheDaemonStops) {
  grpc::ClientContext context;
  v1::WatchRequest ask;
  ask.set_model("a");
  const auto stream = stub_->Watch(&context, ask);
  v1::WatchResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  hub_.Publish({0, "deploy", "b", 1, true, "", ""});
  hub_.Publish({0, "rollback", "a", 2, false, "why", actor_});
  ASSERT_TRUE(stream->Read(&answer));
  ASSERT_EQ(answer.events_size(), 1);
  EXPECT_EQ(answer.events(0).kind(), "rollback");
  EXPECT_EQ(answer.events(0).detail(), "why");
  EXPECT_EQ(answer.events(0).actor(), actor_);
  hub_.Close();
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AdminServiceTest, TheLogsLevelChanges) {
  const LogLevel before = CurrentLogLevel();
  v1::SetLogLevelRequest ask;
  v1::SetLogLevelResponse answer;
  ask.set_level("error");
  ASSERT_TRUE(Call(&Stub::SetLogLevel, ask, answer).ok());
  EXPECT_EQ(answer.level(), "error");
  EXPECT_EQ(CurrentLogLevel(), LogLevel::kError);
  ask.set_level("");
  ASSERT_TRUE(Call(&Stub::SetLogLevel, ask, answer).ok());
  EXPECT_EQ(answer.level(), "error");
  ask.set_level("loud");
  EXPECT_EQ(Call(&Stub::SetLogLevel, ask, answer).error_code(), StatusCode::INVALID_ARGUMENT);
  SetLogLevel(before);
}

}  // namespace
}  // namespace tfld::daemon
