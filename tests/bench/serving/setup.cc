#include "tests/bench/serving/setup.h"

#include "client/ctl/sha256.h"

namespace tfld::bench {

Status BenchDaemon::Start(const std::string& config) {
  process_.Configure(config);
  return process_.Start();
}

Status BenchDaemon::Deploy(const std::string& name, std::span<const std::byte> model, std::uint64_t version) {
  v1::DeployHeader header;
  header.set_model(name);
  header.set_version(version);
  header.set_size(model.size());
  header.set_sha256(ctl::Sha256Hex(model));
  return Admin().Deploy(header, model, {}).status().WithContext("deploying " + name);
}

}  // namespace tfld::bench
