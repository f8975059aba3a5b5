// The daemon as a whole, in the process of the test: what systemd and monitoring hear of it until its end.
#include "daemon/app/daemon.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "daemon/store/digest.h"
#include "daemon/system/event_loop.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/support/temp_dir.h"
#include "tests/support/unix_socket.h"
#include "tfld/v1/admin.grpc.pb.h"

namespace tfld::daemon {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    const std::string path = directory_ / "notify";
    const sockaddr_un address = test::AddressOf(path);
    EXPECT_EQ(::bind(notify_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    settings_.state_dir = directory_ / "state";
    settings_.runtime_dir = directory_ / "run";
    settings_.inference.executors = 1;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
    BlockSignals();
    daemon_ = std::thread([this] { status_ = RunDaemon(settings_); });
  }
  ~DaemonTest() override {
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    std::signal(SIGHUP, SIG_DFL);
    ::unsetenv("NOTIFY_SOCKET");
    ::close(notify_);
  }

  // The first notification that has the text; others before it are passed over.
  std::string Notification(const std::string& text) const {
    char buffer[4096];
    for (ssize_t count = 0; (count = ::recv(notify_, buffer, sizeof(buffer), 0)) > 0;) {
      const std::string message(buffer, static_cast<std::size_t>(count));
      if (message.find(text) != std::string::npos) return message;
    }
    return "";
  }

  std::string Ask(const std::string& path) const {
    return test::Exchange(test::ConnectTo(settings_.runtime_dir + "/metrics.sock"),
                          "GET " + path + " HTTP/1.1\r\n\r\n");
  }

  using DeployStream = grpc::ClientReaderWriter<v1::DeployRequest, v1::DeployEvent>;
  std::unique_ptr<DeployStream> BeginDeploy(grpc::ClientContext& context, const std::string& model) const {
    const auto channel =
        grpc::CreateChannel("unix:" + settings_.runtime_dir + "/admin.sock", grpc::InsecureChannelCredentials());
    auto stream = v1::Admin::NewStub(channel)->Deploy(&context);
    v1::DeployRequest header;
    header.mutable_header()->set_model("echo");
    header.mutable_header()->set_size(model.size());
    header.mutable_header()->set_sha256(Sha256Of(std::as_bytes(std::span(model))));
    EXPECT_TRUE(stream->Write(header));
    return stream;
  }

  const test::TempDir directory_;
  const int notify_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Settings settings_;
  sigset_t mask_{};
  std::thread daemon_;
  Status status_;
};

TEST_F(DaemonTest, TellsHowItIsUntilItsEnd) {
  EXPECT_THAT(Notification("READY=1"), HasSubstr("STATUS=0 models serve"));
  EXPECT_THAT(Ask("/readyz"), StartsWith("HTTP/1.1 200"));

  const std::vector<std::byte> bytes = test::EchoModel({{engine::ElementType::kFloat32, {1, 4}}});
  const std::string model(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  grpc::ClientContext deploy;
  const auto stream = BeginDeploy(deploy, model);
  v1::DeployRequest chunk;
  chunk.set_chunk(model);
  EXPECT_TRUE(stream->Write(chunk));
  stream->WritesDone();
  v1::DeployEvent event;
  while (stream->Read(&event)) {
  }
  const grpc::Status deployed = stream->Finish();
  EXPECT_TRUE(deployed.ok()) << deployed.error_message();
  EXPECT_NE(Notification("STATUS=1 models serve"), "");

  // A deploy that does not come to its end keeps the daemon draining.
  grpc::ClientContext pending;
  const auto held = BeginDeploy(pending, model);
  while (std::filesystem::is_empty(directory_ / "state/incoming")) std::this_thread::yield();
  ::kill(::getpid(), SIGHUP);  // of no meaning to a service
  ::kill(::getpid(), SIGTERM);
  EXPECT_NE(Notification("STOPPING=1"), "");
  std::string ready = Ask("/readyz");
  while (ready.starts_with("HTTP/1.1 200")) ready = Ask("/readyz");
  EXPECT_THAT(ready, AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("stopping")));
  pending.TryCancel();
  daemon_.join();
  EXPECT_TRUE(status_.ok()) << status_.ToString();
}

}  // namespace
}  // namespace tfld::daemon
