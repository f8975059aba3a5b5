// A daemon for a benchmark, with the models that it deploys there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "client/ctl/admin_client.h"
#include "engine/base/result.h"
#include "tests/integration/daemon_process.h"

namespace tfld::bench {

class BenchDaemon {
 public:
  // Starts it, with `config` as its configuration file.
  Status Start(const std::string& config = "");

  // Sends a model and activates it.
  Status Deploy(const std::string& name, std::span<const std::byte> model, std::uint64_t version = 1);
  ctl::AdminClient Admin() const { return ctl::AdminClient(runtime_dir() + "/admin.sock"); }

  std::string runtime_dir() const { return process_.runtime_dir(); }
  pid_t pid() const { return process_.pid(); }

 private:
  test::DaemonProcess process_;
};

}  // namespace tfld::bench
