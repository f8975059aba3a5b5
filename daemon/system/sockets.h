// The daemon's listening sockets: handed over by systemd, or made in the runtime directory.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/base/result.h"

namespace tfld::daemon {

// A listening descriptor with its path; closes the descriptor when destroyed, and removes the file if it made it.
class ListeningSocket {
 public:
  ListeningSocket() = default;
  ListeningSocket(int descriptor, std::string owned_path)
      : descriptor_(descriptor), owned_path_(std::move(owned_path)) {}
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&& other) noexcept;
  ~ListeningSocket();

  int descriptor() const { return descriptor_; }
  // The caller owns the descriptor from now on; the file is still removed by this object.
  int ReleaseDescriptor();

 private:
  void Close();

  int descriptor_ = -1;
  std::string owned_path_;
};

// The socket that systemd passed under that name (FileDescriptorName=tfld.sock), non-blocking; nothing when there is
// none.
std::optional<ListeningSocket> InheritedSocket(const std::string& name);

// Listens on DIRECTORY/NAME, or takes the inherited socket of that name. A file that is there already is replaced when
// it is certain that nobody listens on it; ALREADY_EXISTS when somebody does. `mode` are the permissions of the
// socket's file. INVALID_ARGUMENT for a path that is longer than the kernel takes. `type` is SOCK_STREAM or
// SOCK_SEQPACKET.
Result<ListeningSocket> ListenUnix(const std::string& directory, const std::string& name, mode_t mode,
                                   const std::string& group, int type = SOCK_STREAM);

// "127.0.0.1:9464", "localhost:9464" or "[::1]:9464"; only loopback addresses.
Result<ListeningSocket> ListenLoopback(const std::string& address);

}  // namespace tfld::daemon
