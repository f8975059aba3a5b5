#include "daemon/lifecycle/deployment.h"

#include <ctime>

#include "daemon/lifecycle/policy.h"
#include "daemon/store/names.h"
#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

constexpr int kMaxUploads = 8;

std::string InKiB(std::uint64_t bytes) { return StrCat((bytes + 1023) / 1024, " KiB"); }

}  // namespace

Deployment::Deployment(Lifecycle& lifecycle, const DeployRequest& request) : lifecycle_(lifecycle), request_(request) {
  ++lifecycle_.uploads;
}

Deployment::~Deployment() { --lifecycle_.uploads; }

Result<std::unique_ptr<Upload>> Deployment::Begin(Lifecycle& lifecycle, const DeployRequest& request) {
  TFLD_RETURN_IF_ERROR(CheckModelName(request.model));
  std::unique_ptr<Deployment> deployment(new Deployment(lifecycle, request));
  if (lifecycle.uploads > kMaxUploads) {
    return ResourceExhausted(StrCat(kMaxUploads, " deploys are under way already; try again when one has ended"));
  }
  TFLD_RETURN_IF_ERROR(NumberForDeploy(deployment->CurrentState(), request.version).status());
  TFLD_ASSIGN_OR_RETURN(deployment->incoming_, lifecycle.store->Receive(request.size, request.sha256));
  return std::unique_ptr<Upload>(std::move(deployment));
}

Status Deployment::Write(std::span<const std::byte> bytes) {
  if (incoming_ == nullptr) return FailedPrecondition("the deploy has ended");
  Status status = incoming_->Write(bytes);
  if (status.ok()) return status;
  incoming_.reset();
  const std::lock_guard lock(lifecycle_.change);
  lifecycle_.Note(request_.model, MakeEvent("deploy", request_.version.value_or(0), status, request_.actor));
  return status;
}

Result<VersionStatus> Deployment::Finish(const DeployProgress& progress) {
  if (incoming_ == nullptr) return FailedPrecondition("the deploy has ended");
  const std::lock_guard lock(lifecycle_.change);
  progress_ = &progress;
  auto status = Run();
  if (!status.ok()) {
    EventRecord event = MakeEvent("deploy", version_, status.status(), request_.actor);
    if (staged_) {
      lifecycle_.Fail(CurrentState(), version_, std::move(event));
    } else {
      lifecycle_.Note(request_.model, std::move(event));
    }
    Enter(VersionState::kFailed, std::string(status.status().message()));
  }
  incoming_.reset();
  return status;
}

Result<VersionStatus> Deployment::Run() {
  TFLD_ASSIGN_OR_RETURN(version_, NumberForDeploy(CurrentState(), request_.version));
  TFLD_RETURN_IF_ERROR(lifecycle_.CheckRunning());
  TFLD_ASSIGN_OR_RETURN(StoredVersion version, Verify());
  TFLD_RETURN_IF_ERROR(lifecycle_.CheckRunning());
  TFLD_RETURN_IF_ERROR(Stage(version));
  if (!request_.stage_only) {
    TFLD_RETURN_IF_ERROR(Activate(version));
    lifecycle_.Vacuum(request_.model);
  }
  return lifecycle_.standings.Describe(CurrentState(), version_);
}

Result<StoredVersion> Deployment::Verify() {
  VersionRecord record;
  record.version = version_;
  record.state = request_.stage_only ? StoredState::kStaged : StoredState::kWarming;
  record.deployed_at = std::time(nullptr);
  TFLD_ASSIGN_OR_RETURN(StoredVersion version, lifecycle_.store->Prepare(*incoming_, request_.model, record));
  Enter(VersionState::kReceived, StrCat(InKiB(request_.size), ", sha256 ", request_.sha256.substr(0, 12)));
  TFLD_ASSIGN_OR_RETURN(executable_, lifecycle_.loader.Verify(version));
  const engine::MemoryUsage memory = executable_->memory();
  Enter(VersionState::kVerified, StrCat("model of ", InKiB(version.record.size), ", needs ", InKiB(memory.packed_bytes),
                                        " packed and ", InKiB(memory.arena_bytes), " an executor"));
  return version;
}

Status Deployment::Stage(StoredVersion& version) {
  ModelState next = CurrentState();
  next.Put(version.record);
  next.highest_version = std::max(next.highest_version, version_);
  if (request_.stage_only) next.events.Append(MakeEvent("stage", version_, Status(), request_.actor));
  TFLD_RETURN_IF_ERROR(lifecycle_.store->Stage(*incoming_, version_, next));
  staged_ = true;
  lifecycle_.map.Announce(request_.model);
  Enter(VersionState::kStaged, StrCat("version ", version_, " is in the store"));
  // From here on the files are where they stay.
  TFLD_ASSIGN_OR_RETURN(version, lifecycle_.store->OpenVersion(request_.model, version_));
  return {};
}

Status Deployment::Activate(const StoredVersion& version) {
  TFLD_RETURN_IF_ERROR(lifecycle_.CheckRunning());
  Enter(VersionState::kWarming, "warm-up runs and golden test");
  TFLD_ASSIGN_OR_RETURN(auto instance, lifecycle_.loader.Warm(executable_, request_.model));
  TFLD_RETURN_IF_ERROR(lifecycle_.CheckRunning());
  TFLD_RETURN_IF_ERROR(lifecycle_.loader.RunGolden(*executable_, version));
  ModelState next = AfterActivation(CurrentState(), version_);
  next.events.Append(MakeEvent("deploy", version_, Status(), request_.actor));
  TFLD_RETURN_IF_ERROR(lifecycle_.Publish(next, Lifecycle::MakeServed(version, std::move(instance))));
  lifecycle_.ServeLabelled(request_.model);
  Enter(VersionState::kActive, StrCat("version ", version_, " serves"));
  return {};
}

ModelState Deployment::CurrentState() const {
  auto state = lifecycle_.store->Get(request_.model);
  if (state.ok()) return *std::move(state);
  ModelState fresh;
  fresh.name = request_.model;
  return fresh;
}

void Deployment::Enter(VersionState state, const std::string& detail) {
  if (progress_ != nullptr && *progress_) (*progress_)(state, detail);
}

}  // namespace tfld::daemon
