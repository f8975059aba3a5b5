#include "daemon/app/daemon.h"

#include <chrono>
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

  ~Daemon() {
    if (resume_.joinable()) resume_.join();
  }

  Status Run() {
    TFLD_RETURN_IF_ERROR(core_.Start());
    TFLD_RETURN_IF_ERROR(core_.loop->OnTerminate([this] { core_.loop->Quit(); }));
    TFLD_RETURN_IF_ERROR(doors_.Open());
    TFLD_RETURN_IF_ERROR(StartWatchdog());
    TFLD_RETURN_IF_ERROR(StartFailureLog());
    resume_ = std::thread([this] { Resume(); });
    Status status = core_.loop->Run();
    Stop();
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

  Status StartFailureLog() {
    return core_.loop->Every(std::chrono::seconds(1), [this] {
      core_.failures.Flush(std::chrono::steady_clock::now());
      doors_.LogRefused();
    });
  }

  // On a thread of its own, so that metrics, admin and signals are answered while models load.
  void Resume() {
    const auto started = std::chrono::steady_clock::now();
    const std::vector<HistoryEvent> events = core_.manager->Resume();
    int resumed = 0;
    for (const HistoryEvent& event : events) {
      if (event.ok) ++resumed;
      Log(event.ok ? LogLevel::kInfo : LogLevel::kError, "resume",
          {{"model", event.model},
           {"version", std::to_string(event.version)},
           {"ok", event.ok ? "true" : "false"},
           {"reason", event.reason}});
      core_.events.Publish({0, "resume", event.model, event.version, event.ok, event.reason, event.actor});
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    core_.loop->Post([this, resumed, failed = events.size() - static_cast<std::size_t>(resumed), took] {
      BecomeReady(resumed, failed, took);
    });
  }

  void BecomeReady(int resumed, std::size_t failed, std::chrono::milliseconds took) {
    core_.readiness.Set(Phase::kServing);
    doors_.SetServing();
    ServiceManager::Ready(StrCat(resumed, " models serve"));
    Log(LogLevel::kInfo, "ready",
        {{"version", std::string(engine::Version())},
         {"models", std::to_string(resumed)},
         {"failed", std::to_string(failed)},
         {"resume_ms", std::to_string(took.count())},
         {"runtime_dir", core_.settings.runtime_dir}});
    core_.events.Publish({0, "ready", "", 0, true, StrCat(resumed, " models serve"), ""});
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
    if (resume_.joinable()) resume_.join();
    doors_.EndCalls(deadline);
    core_.scheduler.Stop(deadline);
    doors_.EndChannels();
    Log(LogLevel::kInfo, "stopped");
  }

  Core core_;
  Doors doors_{core_};
  StallDetector stall_;
  std::thread resume_;
};

void LogRpc(RpcLogSeverity severity, std::string_view message) {
  Log(severity == RpcLogSeverity::kError ? LogLevel::kWarning : LogLevel::kDebug, "grpc",
      {{"message", std::string(message)}});
}

}  // namespace

Status RunDaemon(const Settings& settings) {
  SetUpLog(settings.log.level, settings.log.format);
  SetRpcLogSink(LogRpc, settings.log.level == LogLevel::kDebug);
  TFLD_RETURN_IF_ERROR(CheckAffinity(settings));
  if (settings.service.memory_lock) TFLD_RETURN_IF_ERROR(LockMemory());
  TFLD_RETURN_IF_ERROR(MakeDirectories(settings));
  TFLD_RETURN_IF_ERROR(LoadPlugins(settings.plugins));
  return Daemon(settings).Run();
}

}  // namespace tfld::daemon
