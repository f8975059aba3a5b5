#include "client/src/auto_transport.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "client/src/auto_bound_model.h"
#include "client/src/tensor_size.h"

namespace tfld::client {
namespace {

class AutoTransport final : public Transport, public std::enable_shared_from_this<AutoTransport> {
 public:
  AutoTransport(std::shared_ptr<Transport> channel, std::function<std::shared_ptr<Transport>()> make_grpc)
      : channel_(std::move(channel)), make_grpc_(std::move(make_grpc)) {}

  Status Connect(std::chrono::nanoseconds wait) override {
    if (channel_->Connect(std::chrono::nanoseconds::zero()).ok()) return {};
    return grpc().Connect(wait);
  }

  Status CheckReady() override {
    if (channel_->CheckReady().ok()) return {};
    return grpc().CheckReady();
  }

  // Whatever the channel cannot do, gRPC may be able to, and if not it knows the better reason.
  Result<std::vector<std::unique_ptr<BoundModel>>> Bind(const std::string& model, const std::string& version,
                                                        std::size_t slots) override {
    auto bound = channel_->Bind(model, version, slots);
    if (!bound.ok()) return grpc().Bind(model, version, slots);
    for (auto& one : *bound) {
      if (HasOpenInput(one->info())) one = MakeAutoBoundModel(std::move(one), OverGrpc(model, version));
    }
    return bound;
  }

 private:
  static bool HasOpenInput(const ModelInfo& info) {
    return std::ranges::any_of(info.inputs, [](const TensorInfo& input) { return !ElementCount(input.shape); });
  }

  BindOverGrpc OverGrpc(const std::string& model, const std::string& version) {
    return [self = shared_from_this(), model, version]() -> Result<std::unique_ptr<BoundModel>> {
      TFLD_ASSIGN_OR_RETURN(auto bound, self->grpc().Bind(model, version, 1));
      return std::move(bound.front());
    };
  }

  Transport& grpc() {
    std::call_once(once_, [this] { grpc_ = make_grpc_(); });
    return *grpc_;
  }

  const std::shared_ptr<Transport> channel_;
  const std::function<std::shared_ptr<Transport>()> make_grpc_;
  std::once_flag once_;
  std::shared_ptr<Transport> grpc_;
};

}  // namespace

std::shared_ptr<Transport> MakeAutoTransport(std::shared_ptr<Transport> channel,
                                             std::function<std::shared_ptr<Transport>()> make_grpc) {
  return std::make_shared<AutoTransport>(std::move(channel), std::move(make_grpc));
}

}  // namespace tfld::client
