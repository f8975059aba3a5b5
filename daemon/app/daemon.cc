#include "daemon/app/daemon.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/app/core.h"
#include "daemon/app/directories.h"
#include "daemon/app/doors.h"
#include "daemon/app/memory_lock.h"
#include "daemon/app/plugins.h"
#include "daemon/app/room_options.h"
#include "daemon/app/stall_detector.h"
#include "daemon/system/service_manager.h"
#include "daemon/telemetry/log.h"
#include "engine/base/str_cat.h"
#include "tfld/engine.h"

namespace tfld::daemon {
namespace {

class Daemon {
 public:
  explicit Daemon(const Settings& settings)
      : core_(settings), stall_(std::chrono::milliseconds(settings.service.stall_timeout_ms)) {}

  Status Run() {
    TFLD_RETURN_IF_ERROR(core_.Start());
    TFLD_RETURN_IF_ERROR(core_.loop->OnTerminate([this] { BeginStop(); }));
    TFLD_RETURN_IF_ERROR(doors_.Open());
    TFLD_RETURN_IF_ERROR(StartWatchdog());
    TFLD_RETURN_IF_ERROR(core_.loop->Every(std::chrono::seconds(1), [this] { EverySecond(); }));
    resume_ = std::thread([this] { Resume(); });
    Status status = core_.loop->Run();
    BeginStop();  // where it is the loop that failed
    stop_.join();
    core_.failures.Flush(std::chrono::steady_clock::now() + FailureLog::kInterval);
    doors_.LogRefused();
    Log(LogLevel::kInfo, "stopped");
    return status;
  }

 private:
  // The timer proves that the system thread turns; the detector that the executors do.
  Status StartWatchdog() {
    const auto period = ServiceManager::WatchdogPeriod();
    if (!period) return {};
    return core_.loop->Every(*period / 3, [this] {
      if (stall_.Healthy(core_.scheduler.stats(), std::chrono::steady_clock::now())) {
        ServiceManager::FeedWatchdog();
      } else {
        Log(LogLevel::kError, "executors make no progress; the watchdog is not fed");
      }
    });
  }

  void EverySecond() {
    core_.failures.Flush(std::chrono::steady_clock::now());
    doors_.LogRefused();
    const std::size_t models = ServingModels();
    if (models == told_models_ || !core_.readiness.serving()) return;
    told_models_ = models;
    ServiceManager::SetStatus(StrCat(models, " models serve"));
  }

  std::size_t ServingModels() const {
    std::set<std::string> names;
    for (const auto& served : core_.map.Snapshot()) names.insert(served->model);
    return names.size();
  }

  // On a thread of its own, so that metrics, admin and signals are answered while models load.
  void Resume() {
    const auto started = std::chrono::steady_clock::now();
    const std::vector<HistoryEvent> events = core_.manager->Resume();
    const auto failed = std::ranges::count(events, false, &HistoryEvent::ok);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    core_.loop->Post([this, failed, took] { BecomeReady(failed, took); });
  }

  void BecomeReady(std::ptrdiff_t failed, std::chrono::milliseconds took) {
    if (stop_.joinable()) return;
    core_.readiness.Set(Phase::kServing);
    doors_.SetServing();
    told_models_ = ServingModels();
    const std::string status = StrCat(told_models_, " models serve");
    ServiceManager::Ready(status);
    Log(LogLevel::kInfo, "ready",
        {{"version", std::string(engine::Version())},
         {"models", std::to_string(told_models_)},
         {"failed", std::to_string(failed)},
         {"resume_ms", std::to_string(took.count())},
         {"runtime_dir", core_.settings.runtime_dir}});
    core_.events.Publish({0, "ready", "", 0, true, status, ""});
  }

  // On a thread of its own, so that metrics and signals are answered while requests end. Then the loop ends.
  void BeginStop() {
    if (stop_.joinable()) return;
    stop_ = std::thread([this] {
      Stop();
      core_.loop->Quit();
    });
  }

  // Accept no more, drain, join the executors, unload. Members go in reverse order afterwards.
  void Stop() {
    ServiceManager::Stopping("draining");
    Log(LogLevel::kInfo, "stopping");
    core_.events.Publish({0, "stopping", "", 0, true, "", ""});
    core_.events.Close();
    core_.tracer.Close();
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(core_.settings.service.drain_timeout_ms);
    core_.readiness.Set(Phase::kStopping);
    doors_.StopAccepting();
    core_.manager->Stop();
    resume_.join();
    doors_.EndCalls(deadline);
    core_.scheduler.Stop(deadline);
    doors_.EndChannels();
  }

  Core core_;
  Doors doors_{core_};
  StallDetector stall_;
  std::size_t told_models_ = 0;  // how many serve, as the service manager knows
  std::thread resume_;
  std::thread stop_;
};

void LogRpc(RpcLogSeverity severity, std::string_view message) {
  Log(severity == RpcLogSeverity::kError ? LogLevel::kWarning : LogLevel::kDebug, "grpc",
      {{"message", std::string(message)}});
}

}  // namespace

Status RunDaemon(const Settings& settings) {
  SetUpLog(settings.log.level, settings.log.format);
  SetRpcLogSink(LogRpc, settings.log.level == LogLevel::kDebug);
  if (settings.service.memory_lock) TFLD_RETURN_IF_ERROR(LockMemory());
  TFLD_RETURN_IF_ERROR(MakeDirectories(settings));
  TFLD_RETURN_IF_ERROR(LoadPlugins(settings.plugins));
  return Daemon(settings).Run();
}

}  // namespace tfld::daemon
