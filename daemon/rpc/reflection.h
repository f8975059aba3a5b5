// Server reflection: clients like grpcurl ask which services there are and what their messages look like.
//
// gRPC has a plugin for this, but a synchronous one: the threads that it brings wait in the epoll set that all threads
// of gRPC share, and take part in every hand-over there. These services are on the callbacks, like our others.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Service;
}

namespace tfld::daemon {

// grpc.reflection.v1 and v1alpha, for a server to register. `services` are the full names that they list, in the order
// of the alphabet; described is whatever is linked into this program.
std::vector<std::shared_ptr<grpc::Service>> NewReflectionServices(std::vector<std::string> services);

}  // namespace tfld::daemon
