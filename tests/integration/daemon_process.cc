#include "tests/integration/daemon_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "client/src/socket_probe.h"
#include "tfld/client.h"

namespace tfld::test {
namespace {

constexpr std::chrono::minutes kPatience{2};  // with sanitizers, on a busy machine

// In the child. Dies with the test, so that an aborted one leaves nothing behind.
[[noreturn]] void Execute(const std::string& log, const std::string& config, const std::string& state_dir,
                          const std::string& runtime_dir) {
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::execl(TFLD_DAEMON, TFLD_DAEMON, "--config", config.c_str(), "--state-dir", state_dir.c_str(), "--runtime-dir",
          runtime_dir.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

// A daemon that a test starts is not the one that a service manager waits for.
DaemonProcess::DaemonProcess() {
  ::unsetenv("NOTIFY_SOCKET");
  Configure("");
}

DaemonProcess::~DaemonProcess() { Kill(); }

void DaemonProcess::Configure(const std::string& toml) { std::ofstream(directory_ / "tfld.toml") << toml; }

Status DaemonProcess::Start() {
  const std::string log = directory_ / "log";
  const std::string config = directory_ / "tfld.toml";
  const std::string state = state_dir();
  const std::string runtime = runtime_dir();
  pid_ = ::fork();
  if (pid_ == 0) Execute(log, config, state, runtime);
  ClientOptions options;
  options.runtime_dir = runtime;
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return Internal("the daemon ended: " + Log());
    }
    // The old sockets may still be there, with nobody behind them.
    if (client::ProbeSocket(runtime + "/tfld.sock").ok() && client::ProbeSocket(runtime + "/admin.sock").ok()) {
      const auto client = Client::Connect(options);
      if (client.ok() && client->CheckReady().ok()) return {};
    }
    ::usleep(2000);
  }
  return Unavailable("the daemon does not become ready: " + Log());
}

int DaemonProcess::Wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void DaemonProcess::Kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  Wait();
}

int DaemonProcess::Stop() {
  if (pid_ < 0) return -1;
  ::kill(pid_, SIGTERM);
  return Wait();
}

std::string DaemonProcess::Log() const {
  std::ifstream file(directory_ / "log");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace tfld::test
