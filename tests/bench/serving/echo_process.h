// An echo server in a process of its own.
#pragma once

#include <sys/types.h>

#include <string>

#include "engine/base/result.h"
#include "tests/bench/serving/echo.h"
#include "tests/support/temp_dir.h"

namespace tfld::bench {

class EchoProcess {
 public:
  EchoProcess() = default;
  ~EchoProcess();  // ends it
  EchoProcess(const EchoProcess&) = delete;
  EchoProcess& operator=(const EchoProcess&) = delete;

  Status Start();
  std::string directory() const { return directory_.path(); }
  std::string socket_path() const { return EchoSocketIn(directory()); }

 private:
  test::TempDir directory_;
  pid_t pid_ = -1;
  int input_ = -1;  // closed to end it
};

}  // namespace tfld::bench
