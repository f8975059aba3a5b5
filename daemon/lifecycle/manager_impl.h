// The manager behind manager.h: takes the lock, asks the policy, carries out, records.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/lifecycle/lifecycle.h"
#include "daemon/lifecycle/manager.h"

namespace tfld::daemon {

class ManagerImpl final : public Manager {
 public:
  explicit ManagerImpl(std::unique_ptr<Lifecycle> lifecycle) : lifecycle_(std::move(lifecycle)) {}

  std::vector<HistoryEvent> Resume() override;
  void Stop() override { lifecycle_->stopping = true; }
  Result<std::unique_ptr<Upload>> BeginDeploy(const DeployRequest& request) override;
  Result<VersionStatus> Activate(const std::string& model, std::uint64_t version, const std::string& actor) override;
  Result<VersionStatus> Rollback(const std::string& model, std::optional<std::uint64_t> version,
                                 const std::string& actor) override;
  Result<VersionStatus> SetLabel(const std::string& model, const std::string& label, std::uint64_t version,
                                 const std::string& actor) override;
  Status RemoveLabel(const std::string& model, const std::string& label, const std::string& actor) override;
  Status Remove(const std::string& model, std::optional<std::uint64_t> version, const std::string& actor) override;
  Status Unload(const std::string& model, const std::string& actor) override;
  Result<VersionStatus> Load(const std::string& model, const std::string& actor) override;
  std::vector<ModelStatus> List() const override;
  Result<ModelStatus> Get(const std::string& model) const override;
  Result<std::vector<HistoryEvent>> History(const std::string& model) const override;

 private:
  // Loads a stored version; on an error notes it, and fails the version when its bytes are lost.
  Result<Lifecycle::Served> LoadFor(const std::string& model, std::uint64_t version, const std::string& action,
                                    const std::string& actor);
  // Loads and publishes with `next`.
  Result<VersionStatus> Switch(ModelState next, std::uint64_t version, const std::string& action,
                               const std::string& actor);
  bool IsServing(const std::string& model, std::uint64_t version) const;
  void ResumeModel(const std::string& model, std::vector<HistoryEvent>& outcome);
  void RecordResume(const ModelState& state, std::uint64_t version, const std::vector<EventRecord>& failures);
  Status RemoveVersion(ModelState state, std::uint64_t version, const std::string& actor);

  std::unique_ptr<Lifecycle> lifecycle_;
};

}  // namespace tfld::daemon
