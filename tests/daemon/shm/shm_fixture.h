// ShmFixture: the channel's door on a socket, in the process of the test, with models that echo.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/lifecycle/readiness.h"
#include "daemon/lifecycle/serving_map.h"
#include "daemon/scheduler/scheduler.h"
#include "daemon/shm/channel_server.h"
#include "tests/daemon/scheduler/echo_model.h"
#include "tests/support/temp_dir.h"
#include "tfld/client.h"

namespace tfld::test {

// Keeps what the observers are told.
class RecordingObserver final : public daemon::RequestObserver {
 public:
  struct Record {
    std::string model, transport, id;
    std::uint64_t version = 0;
    StatusCode code = StatusCode::kOk;
    daemon::PriorityClass priority = daemon::PriorityClass::kNormal;
  };

  void OnRequest(const daemon::FinishedRequest& request) override;
  std::vector<Record> records() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Record> records_;
};

// Blocks whoever tells it of a request, until it is released.
class BlockingObserver final : public daemon::RequestObserver {
 public:
  void OnRequest(const daemon::FinishedRequest&) override {
    ++told;
    told.notify_all();
    released_.wait(false);
  }
  void Release() {
    released_ = true;
    released_.notify_all();
  }
  std::atomic<int> told = 0;

 private:
  std::atomic<bool> released_ = false;
};

class ShmFixture {
 public:
  // One executor, and a model "echo" of FP32 [1, 4] in version 3.
  // Requests are told to `told` instead of `observer` when it is given.
  explicit ShmFixture(const daemon::ShmLimits& limits = {}, daemon::RequestObserver* told = nullptr);
  ~ShmFixture();

  void Publish(const std::string& model, std::uint64_t version, const std::vector<EchoTensor>& tensors);
  void Publish(const std::string& model, std::uint64_t version, std::shared_ptr<daemon::ModelInstance> instance);
  // Ends all channels and makes another server on the same path, as when a daemon is started again.
  void Restart();
  void Stop();

  // A client that has nothing but the channel.
  Client Connect() const;
  // Returns when the server has as many channels; the test's own time limit ends it otherwise.
  void AwaitChannels(std::size_t count) const;

  const TempDir directory;
  const std::string path = directory / "shm.sock";
  const daemon::ShmLimits limits;
  daemon::Readiness readiness{daemon::Phase::kServing};
  daemon::Scheduler scheduler;
  daemon::ServingMap map;
  RecordingObserver observer;
  std::unique_ptr<daemon::ChannelServer> server;

 private:
  void Start();

  daemon::RequestObserver* const told_;
};

}  // namespace tfld::test
