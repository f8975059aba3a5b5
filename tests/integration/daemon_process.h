// A real daemon in a process of its own, which can be killed and started again on the same state.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "engine/base/status.h"
#include "tests/support/temp_dir.h"

namespace tfld::test {

class DaemonProcess {
 public:
  // Does not start it.
  DaemonProcess();
  // Kills it, when it runs.
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // What stands in its configuration file from the next start on.
  void Configure(const std::string& toml);

  // Returns when it answers on both sockets.
  Status Start();
  // SIGKILL, and waits for its end.
  void Kill();
  // SIGTERM; the exit status, or -1 when it was a signal that ended it.
  int Stop();

  pid_t pid() const { return pid_; }  // -1 when it does not run
  std::string runtime_dir() const { return directory_ / "run"; }
  std::filesystem::path state_dir() const { return directory_ / "state"; }
  // What it wrote to standard error, for messages.
  std::string Log() const;

 private:
  int Wait();

  TempDir directory_;
  pid_t pid_ = -1;
};

}  // namespace tfld::test
