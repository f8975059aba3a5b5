// FakeManager: a manager that keeps what it was told, for tests of those who call it.
#pragma once

#include <string>
#include <vector>

#include "daemon/lifecycle/manager.h"
#include "engine/base/str_cat.h"

namespace tfld::test {

class FakeManager : public daemon::Manager {
 public:
  std::vector<std::string> calls;     // "activate echo 2 by uid 0 pid 1"
  std::vector<std::byte> received;    // bytes of the last upload
  daemon::DeployRequest last_deploy;  // its request
  int dropped_uploads = 0;            // that were not finished
  Status outcome;                     // of every change

  std::vector<daemon::HistoryEvent> Resume() override { return {}; }
  void Stop() override {}

  Result<std::unique_ptr<daemon::Upload>> BeginDeploy(const daemon::DeployRequest& request) override {
    TFLD_RETURN_IF_ERROR(outcome);
    last_deploy = request;
    received.clear();
    return std::unique_ptr<daemon::Upload>(new FakeUpload(*this));
  }

  Result<daemon::VersionStatus> Activate(const std::string& model, std::uint64_t version,
                                         const std::string& actor) override {
    return Change(StrCat("activate ", model, " ", version, " by ", actor), version);
  }

  Result<daemon::VersionStatus> Rollback(const std::string& model, std::optional<std::uint64_t> version,
                                         const std::string& actor) override {
    return Change(StrCat("rollback ", model, " ", version.value_or(0), " by ", actor), version.value_or(1));
  }

  Result<daemon::VersionStatus> SetLabel(const std::string& model, const std::string& label, std::uint64_t version,
                                         const std::string& actor) override {
    return Change(StrCat("label ", model, " ", label, " ", version, " by ", actor), version);
  }

  Status RemoveLabel(const std::string& model, const std::string& label, const std::string& actor) override {
    return Change(StrCat("unlabel ", model, " ", label, " by ", actor), 2).status();
  }

  Status Remove(const std::string& model, std::optional<std::uint64_t> version, const std::string& actor) override {
    calls.push_back(StrCat("remove ", model, " ", version.value_or(0), " by ", actor));
    return outcome;
  }

  Status Unload(const std::string& model, const std::string& actor) override {
    return Change(StrCat("unload ", model, " by ", actor), 2).status();
  }

  Result<daemon::VersionStatus> Load(const std::string& model, const std::string& actor) override {
    return Change(StrCat("load ", model, " by ", actor), 2);
  }

  std::vector<daemon::ModelStatus> List() const override { return {Model("a"), Model("b")}; }

  Result<daemon::ModelStatus> Get(const std::string& model) const override {
    if (model != "a" && model != "echo") return NotFound(StrCat("model '", model, "' is not known"));
    return Model(model);
  }

  Result<std::vector<daemon::HistoryEvent>> History(const std::string&) const override {
    std::vector<daemon::HistoryEvent> events(3);
    for (std::size_t i = 0; i < events.size(); ++i) events[i].version = i + 1;
    events[2] = {100, "deploy", 3, false, "no", "uid 0 pid 1"};
    return events;
  }

 private:
  class FakeUpload : public daemon::Upload {
   public:
    explicit FakeUpload(FakeManager& manager) : manager_(manager) {}
    ~FakeUpload() override { manager_.dropped_uploads += finished_ ? 0 : 1; }

    Status Write(std::span<const std::byte> bytes) override {
      manager_.received.insert(manager_.received.end(), bytes.begin(), bytes.end());
      return {};
    }

    Result<daemon::VersionStatus> Finish(const daemon::DeployProgress& progress) override {
      finished_ = true;
      progress(daemon::VersionState::kVerified, "verified");
      progress(daemon::VersionState::kWarming, "warming");
      if (manager_.received.size() != manager_.last_deploy.size) return DataLoss("the package was cut");
      return manager_.Change("deploy", manager_.last_deploy.version.value_or(1));
    }

   private:
    FakeManager& manager_;
    bool finished_ = false;
  };

  Result<daemon::VersionStatus> Change(const std::string& call, std::uint64_t version) {
    calls.push_back(call);
    TFLD_RETURN_IF_ERROR(outcome);
    daemon::VersionStatus status;
    status.version = version;
    status.state = daemon::VersionState::kActive;
    return status;
  }

  static daemon::ModelStatus Model(const std::string& name) {
    daemon::ModelStatus model;
    model.name = name;
    model.active = 2;
    model.generation = 7;
    model.versions.resize(2);
    model.versions[0] = {1, daemon::VersionState::kFailed, "", 10, "failed: too large", 98};
    model.versions[1] = {2, daemon::VersionState::kActive, "abc", 10, "", 99};
    model.memory = {1, 2, 3};
    model.labels = {{"stable", 2}};
    return model;
  }
};

}  // namespace tfld::test
