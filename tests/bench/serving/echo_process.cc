#include "tests/bench/serving/echo_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

extern char** environ;

namespace tfld::bench {

EchoProcess::~EchoProcess() {
  if (input_ >= 0) ::close(input_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

Status EchoProcess::Start() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "pipe");
  input_ = ends[1];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  std::string path = socket_path();
  std::string program = "serving_bench", command = "echo-server", option = "--socket";
  char* arguments[] = {program.data(), command.data(), option.data(), path.data(), nullptr};
  const int failed = ::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[0]);
  return failed == 0 ? Status() : ErrnoStatus(failed, "cannot start the echo server");
}

}  // namespace tfld::bench
