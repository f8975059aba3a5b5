#include "client/src/channel_transport.h"

#include <sys/socket.h>

#include <chrono>
#include <thread>
#include <utility>

#include "client/src/channel_bound_model.h"
#include "client/src/channel_link.h"
#include "client/src/socket_probe.h"
#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

using Clock = std::chrono::steady_clock;

class ChannelTransport final : public Transport {
 public:
  explicit ChannelTransport(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  // A daemon that is still loading its models is there, too: that is what CheckReady asks.
  Status Connect(std::chrono::nanoseconds wait) override {
    const Clock::time_point begin = Clock::now();
    for (;;) {
      Status status = ConnectSocket(socket_path_, SOCK_SEQPACKET, PatienceEnds(kNoDeadline)).status();
      if (status.code() != StatusCode::kUnavailable || Clock::now() - begin >= wait) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  Status CheckReady() override { return AskChannel(socket_path_); }

  Result<std::vector<std::unique_ptr<BoundModel>>> Bind(const std::string& model, const std::string& version,
                                                        std::size_t slots) override {
    if (model.empty()) return NotFound("a model without a name");
    const ChannelAddress address{socket_path_, model, version, slots};
    TFLD_ASSIGN_OR_RETURN(auto link, ChannelLink::Open(address));
    const auto group = std::make_shared<ChannelGroup>(address, std::move(link));
    std::vector<std::unique_ptr<BoundModel>> bound;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      TFLD_ASSIGN_OR_RETURN(auto one, MakeChannelBoundModel(group, slot));
      bound.push_back(std::move(one));
    }
    return bound;
  }

 private:
  const std::string socket_path_;
};

}  // namespace

std::shared_ptr<Transport> MakeChannelTransport(const std::string& socket_path) {
  return std::make_shared<ChannelTransport>(socket_path);
}

}  // namespace tfld::client
