#include "tests/daemon/shm/shm_fixture.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace tfld::test {
namespace {

daemon::SchedulerOptions OneExecutor() {
  daemon::SchedulerOptions options;
  options.executors = 1;
  return options;
}

int ListenOn(const std::string& path) {
  ::unlink(path.c_str());
  const int descriptor = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(descriptor, 64), 0);
  return descriptor;
}

}  // namespace

void RecordingObserver::OnRequest(const daemon::FinishedRequest& request) {
  const std::lock_guard lock(mutex_);
  records_.push_back({std::string(request.model), std::string(request.transport), std::string(request.id),
                      request.version, request.code, request.priority});
}

std::vector<RecordingObserver::Record> RecordingObserver::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

ShmFixture::ShmFixture(const daemon::ShmLimits& given, daemon::RequestObserver* told)
    : limits(given), scheduler(OneExecutor()), told_(told != nullptr ? told : &observer) {
  Publish("echo", 3, {{engine::ElementType::kFloat32, {1, 4}}});
  Start();
}

ShmFixture::~ShmFixture() { Stop(); }

void ShmFixture::Start() {
  daemon::ShmContext context;
  context.scheduler = &scheduler;
  context.map = &map;
  context.observers = {told_};
  context.readiness = &readiness;
  auto started = daemon::ChannelServer::Start(ListenOn(path), context, limits);
  ASSERT_TRUE(started.ok()) << started.status().ToString();
  server = std::move(*started);
}

void ShmFixture::Restart() {
  server.reset();
  Start();
}

void ShmFixture::Stop() {
  scheduler.Stop(daemon::SteadyTime{});
  server.reset();
}

void ShmFixture::Publish(const std::string& model, std::uint64_t version, const std::vector<EchoTensor>& tensors) {
  Publish(model, version, EchoInstance(tensors, 1));
}

void ShmFixture::Publish(const std::string& model, std::uint64_t version,
                         std::shared_ptr<daemon::ModelInstance> instance) {
  auto served = std::make_shared<daemon::ServedVersion>();
  served->model = model;
  served->version = version;
  served->instance = std::move(instance);
  map.Publish(served);
}

Client ShmFixture::Connect() const {
  auto client = Client::Connect({.runtime_dir = directory.path(), .transport = TransportChoice::kChannel});
  if (!client.ok()) {
    std::fprintf(stderr, "%s\n", client.status().ToString().c_str());
    std::abort();
  }
  return std::move(*client);
}

void ShmFixture::AwaitChannels(std::size_t count) const {
  while (server->channels() != count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace tfld::test
