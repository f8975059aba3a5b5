#include "daemon/app/observed_manager.h"

#include <charconv>
#include <string>
#include <utility>

#include "daemon/telemetry/log.h"
#include "engine/base/cut_text.h"
#include "engine/base/model_name.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr std::size_t kMaxNameBytes = 64;      // of a name that is no model's, in log and events
constexpr std::size_t kMaxReasonBytes = 1024;  // which may quote it

struct Change {
  std::string action;
  std::string model;
  std::string version;  // empty when it is not known yet
  std::string actor;
  std::string label{};  // of a change of labels
};

class ObservedManager final : public Manager {
 public:
  ObservedManager(std::unique_ptr<Manager> manager, Metrics& metrics, EventHub& events, TraceSettings& traces)
      : manager_(std::move(manager)), metrics_(metrics), events_(events), traces_(traces) {}

  std::vector<HistoryEvent> Resume() override {
    std::vector<HistoryEvent> events = manager_->Resume();
    for (const HistoryEvent& event : events) {
      metrics_.CountChange(event.model, "resume", event.ok);
      events_.Publish({0, "resume", event.model, event.version, event.ok, event.reason, event.actor});
      Log(event.ok ? LogLevel::kInfo : LogLevel::kError, "resume",
          {{"model", event.model},
           {"version", std::to_string(event.version)},
           {"ok", event.ok ? "true" : "false"},
           {"reason", event.reason}});
    }
    return events;
  }

  void Stop() override { manager_->Stop(); }

  Result<std::unique_ptr<Upload>> BeginDeploy(const DeployRequest& request) override {
    const Change change{"deploy", request.model, request.version ? std::to_string(*request.version) : "",
                        request.actor};
    auto upload = manager_->BeginDeploy(request);
    if (!upload.ok()) {
      Report(change, upload.status());
      return upload.status();
    }
    return std::unique_ptr<Upload>(new ObservedUpload(*this, std::move(upload).value(), change));
  }

  Result<VersionStatus> Activate(const std::string& model, std::uint64_t version, const std::string& actor) override {
    return Reported({"activate", model, std::to_string(version), actor}, manager_->Activate(model, version, actor));
  }

  Result<VersionStatus> Rollback(const std::string& model, std::optional<std::uint64_t> version,
                                 const std::string& actor) override {
    return Reported({"rollback", model, version ? std::to_string(*version) : "", actor},
                    manager_->Rollback(model, version, actor));
  }

  Result<VersionStatus> SetLabel(const std::string& model, const std::string& label, std::uint64_t version,
                                 const std::string& actor) override {
    return Reported({"label", model, std::to_string(version), actor, label},
                    manager_->SetLabel(model, label, version, actor));
  }

  Status RemoveLabel(const std::string& model, const std::string& label, const std::string& actor) override {
    Status status = manager_->RemoveLabel(model, label, actor);
    Report({"unlabel", model, "", actor, label}, status);
    return status;
  }

  Status Remove(const std::string& model, std::optional<std::uint64_t> version, const std::string& actor) override {
    Status status = manager_->Remove(model, version, actor);
    if (status.ok() && !version) traces_.Forget(model);
    Report({"remove", model, version ? std::to_string(*version) : "all", actor}, status);
    return status;
  }

  Status Unload(const std::string& model, const std::string& actor) override {
    Status status = manager_->Unload(model, actor);
    Report({"unload", model, "active", actor}, status);
    return status;
  }

  Result<VersionStatus> Load(const std::string& model, const std::string& actor) override {
    return Reported({"load", model, "active", actor}, manager_->Load(model, actor));
  }

  std::vector<ModelStatus> List() const override { return manager_->List(); }
  Result<ModelStatus> Get(const std::string& model) const override { return manager_->Get(model); }
  Result<std::vector<HistoryEvent>> History(const std::string& model) const override {
    return manager_->History(model);
  }

 private:
  class ObservedUpload final : public Upload {
   public:
    ObservedUpload(const ObservedManager& owner, std::unique_ptr<Upload> upload, Change change)
        : owner_(owner), upload_(std::move(upload)), change_(std::move(change)) {}

    Status Write(std::span<const std::byte> bytes) override {
      Status status = upload_->Write(bytes);
      if (!status.ok()) owner_.Report(change_, status);
      return status;
    }
    Result<VersionStatus> Finish(const DeployProgress& progress) override {
      const auto observed = [&](VersionState state, std::string_view detail) {
        owner_.Publish(change_, state, detail);
        progress(state, detail);
      };
      return owner_.Reported(change_, upload_->Finish(observed));
    }

   private:
    const ObservedManager& owner_;
    std::unique_ptr<Upload> upload_;
    Change change_;
  };

  Result<VersionStatus> Reported(Change change, Result<VersionStatus> result) const {
    if (result.ok()) change.version = std::to_string(result->version);
    Report(change, result.status());
    return result;
  }

  static DaemonEvent EventOf(const Change& change) {
    DaemonEvent event;
    event.model = change.model;
    std::from_chars(change.version.data(), change.version.data() + change.version.size(), event.version);
    event.actor = change.actor;
    return event;
  }

  void Publish(const Change& change, VersionState state, std::string_view detail) const {
    DaemonEvent event = EventOf(change);
    event.kind = "state";
    event.detail = StrCat(VersionStateName(state), detail.empty() ? "" : ": ", detail);
    events_.Publish(std::move(event));
  }

  // The name of the model may be any text that a caller thought of: only what is a name becomes a label.
  void Report(Change change, const Status& status) const {
    metrics_.CountChange(IsModelName(change.model) ? change.model : "", change.action, status.ok());
    change.model.resize(CutText(change.model, kMaxNameBytes).size());
    const std::string reason(CutText(status.ToString(), kMaxReasonBytes));
    DaemonEvent event = EventOf(change);
    event.kind = change.action;
    event.ok = status.ok();
    event.detail = status.ok() ? change.label : reason;
    events_.Publish(std::move(event));
    if (status.ok() && change.label.empty()) {
      Log(LogLevel::kInfo, change.action,
          {{"model", change.model}, {"version", change.version}, {"actor", change.actor}});
    } else if (status.ok()) {
      Log(LogLevel::kInfo, change.action,
          {{"model", change.model}, {"version", change.version}, {"label", change.label}, {"actor", change.actor}});
    } else {
      Log(LogLevel::kWarning, change.action + " refused",
          {{"model", change.model}, {"version", change.version}, {"actor", change.actor}, {"reason", reason}});
    }
  }

  std::unique_ptr<Manager> manager_;
  Metrics& metrics_;
  EventHub& events_;
  TraceSettings& traces_;
};

}  // namespace

std::unique_ptr<Manager> ObserveManager(std::unique_ptr<Manager> manager, Metrics& metrics, EventHub& events,
                                        TraceSettings& traces) {
  return std::make_unique<ObservedManager>(std::move(manager), metrics, events, traces);
}

}  // namespace tfld::daemon
