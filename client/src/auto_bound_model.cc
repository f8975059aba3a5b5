#include "client/src/auto_bound_model.h"

#include <algorithm>
#include <utility>

#include "client/src/tensor_size.h"

namespace tfld::client {
namespace {

// Not their shapes: over gRPC, sizes that are open have the value that the model was planned with.
bool Fits(const std::vector<TensorInfo>& a, const std::vector<TensorInfo>& b) {
  return std::ranges::equal(
      a, b, [](const TensorInfo& x, const TensorInfo& y) { return x.name == y.name && x.type == y.type; });
}

class AutoBoundModel final : public BoundModel {
 public:
  AutoBoundModel(std::unique_ptr<BoundModel> channel, BindOverGrpc bind_over_grpc)
      : info_(channel->info()), model_(std::move(channel)), bind_over_grpc_(std::move(bind_over_grpc)) {}

  Status SetInput(std::size_t index, std::span<const std::int64_t> shape, std::size_t size) override {
    Status status = model_->SetInput(index, shape, size);
    if (status.code() != StatusCode::kUnimplemented || bind_over_grpc_ == nullptr) return status;
    TFLD_ASSIGN_OR_RETURN(auto next, bind_over_grpc_());
    TFLD_RETURN_IF_ERROR(CopyInputs(*next));
    TFLD_RETURN_IF_ERROR(next->SetInput(index, shape, size));
    before_ = std::exchange(model_, std::move(next));
    bind_over_grpc_ = nullptr;
    return {};
  }

  const ModelInfo& info() const override { return info_; }
  std::string_view transport() const override { return model_->transport(); }
  const std::vector<std::int64_t>& input_shape(std::size_t index) const override { return model_->input_shape(index); }
  std::span<std::byte> input(std::size_t index) override { return model_->input(index); }
  Status Start(const InferOptions& options) override {
    before_.reset();
    return model_->Start(options);
  }
  bool done() override { return model_->done(); }
  Status Wait() override { return model_->Wait(); }
  Status Infer(const InferOptions& options) override {
    before_.reset();
    return model_->Infer(options);
  }
  std::uint64_t version() const override { return model_->version(); }
  std::span<const std::byte> output(std::size_t index) const override { return model_->output(index); }
  std::vector<std::int64_t> output_shape(std::size_t index) const override { return model_->output_shape(index); }

 private:
  Status CopyInputs(BoundModel& next) {
    if (!Fits(next.info().inputs, info_.inputs) || !Fits(next.info().outputs, info_.outputs)) {
      return FailedPrecondition("the model has other inputs or outputs than what was bound: bind the model again");
    }
    for (std::size_t i = 0; i < info_.inputs.size(); ++i) {
      const std::span<const std::byte> from = input(i);
      TFLD_RETURN_IF_ERROR(next.SetInput(i, input_shape(i), from.size()));
      std::ranges::copy(from, next.input(i).begin());
    }
    return {};
  }

  const ModelInfo info_;  // what the caller holds of it stays valid
  std::unique_ptr<BoundModel> model_;
  std::unique_ptr<BoundModel> before_;  // that was replaced: its last outputs are valid until the next request
  BindOverGrpc bind_over_grpc_;         // null once it was used
};

}  // namespace

std::unique_ptr<BoundModel> MakeAutoBoundModel(std::unique_ptr<BoundModel> channel, BindOverGrpc bind_over_grpc) {
  return std::make_unique<AutoBoundModel>(std::move(channel), std::move(bind_over_grpc));
}

}  // namespace tfld::client
