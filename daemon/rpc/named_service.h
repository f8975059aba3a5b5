// A service, and the full name that its protocol gives it, under which clients find it.
#pragma once

#include <memory>
#include <string>

namespace grpc {
class Service;
}

namespace tfld::daemon {

struct NamedService {
  std::string name;
  std::shared_ptr<grpc::Service> service;
};

}  // namespace tfld::daemon
