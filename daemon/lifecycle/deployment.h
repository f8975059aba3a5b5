// Deployment: one deploy, from the first byte to the version that serves.
//
// Received -> Verified (digest, package, model, operators, memory) -> Staged (durable) -> Warming (sessions, warm-up
// runs, golden test) -> Active. Before it is staged a failure leaves an event in the model's history; after that, a
// failed version with the reason and without files. The version that serves is not touched either way.
#pragma once

#include <memory>

#include "daemon/lifecycle/lifecycle.h"
#include "daemon/store/incoming.h"

namespace tfld::daemon {

class Deployment final : public Upload {
 public:
  static Result<std::unique_ptr<Upload>> Begin(Lifecycle& lifecycle, const DeployRequest& request);
  ~Deployment() override;

  Status Write(std::span<const std::byte> bytes) override;
  Result<VersionStatus> Finish(const DeployProgress& progress) override;

 private:
  Deployment(Lifecycle& lifecycle, const DeployRequest& request);

  Result<VersionStatus> Run();
  Result<StoredVersion> Verify();
  Status Stage(StoredVersion& version);
  Status Activate(const StoredVersion& version);
  ModelState CurrentState() const;
  void Enter(VersionState state, const std::string& detail);

  Lifecycle& lifecycle_;
  const DeployRequest request_;
  std::unique_ptr<Incoming> incoming_;
  std::shared_ptr<const engine::Executable> executable_;
  const DeployProgress* progress_ = nullptr;
  std::uint64_t version_ = 0;  // once it is known
  bool staged_ = false;
};

}  // namespace tfld::daemon
