#include "client/src/grpc_bound_model.h"

#include <charconv>
#include <memory>
#include <optional>

#include "client/src/grpc_channel.h"
#include "client/src/grpc_connection.h"
#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"

namespace tfld::client {
namespace {

// A request between Start and Wait. Within the class, clang would not yet take it for default constructible.
struct Call {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientAsyncResponseReader<inference::ModelInferResponse>> reader;
  grpc::Status status;
  bool done = false;
};

class GrpcBoundModel final : public BoundModel {
 public:
  GrpcBoundModel(std::shared_ptr<GrpcConnection> connection, ModelInfo info)
      : connection_(std::move(connection)), info_(std::move(info)) {}

  // Fills in what stays the same in every request.
  Status Prepare(const std::string& version) {
    request_.set_model_name(info_.name);
    request_.set_model_version(version);
    for (std::size_t i = 0; i < info_.inputs.size(); ++i) {
      const TensorInfo& input = info_.inputs[i];
      auto* tensor = request_.add_inputs();
      tensor->set_name(input.name);
      tensor->set_datatype(std::string(DataTypeName(input.type)));
      request_.add_raw_input_contents();
      shapes_.push_back(input.shape);
      std::vector<std::int64_t> shape = input.shape;
      if (!shape.empty() && shape[0] < 0) shape[0] = 1;  // a batch of one, unless ResizeInput says otherwise
      const std::optional<std::size_t> size = ByteSize(input.type, shape);
      if (size) TFLD_RETURN_IF_ERROR(SetInput(i, shape, *size));
    }
    return {};
  }

  const ModelInfo& info() const override { return info_; }
  std::string_view transport() const override { return "grpc"; }

  const std::vector<std::int64_t>& input_shape(std::size_t index) const override { return shapes_[index]; }

  std::span<std::byte> input(std::size_t index) override {
    std::string& contents = *request_.mutable_raw_input_contents(static_cast<int>(index));
    return std::as_writable_bytes(std::span(contents));
  }

  Status SetInput(std::size_t index, std::span<const std::int64_t> shape, std::size_t size) override {
    // Of a message of Protocol Buffers, with room for all that is no tensor.
    constexpr std::size_t kLargest = (std::size_t{1} << 31) - (std::size_t{1} << 20);
    std::size_t others = 0;
    for (const std::string& contents : request_.raw_input_contents()) others += contents.size();
    others -= request_.raw_input_contents(static_cast<int>(index)).size();
    if (size >= kLargest - others) {
      return InvalidArgument(StrCat("input ", info_.inputs[index].name, " of shape ", ShapeText(shape), " has ", size,
                                    " bytes and the others ", others, "; a request holds less than ", kLargest));
    }
    shapes_[index].assign(shape.begin(), shape.end());
    auto& wire_shape = *request_.mutable_inputs(static_cast<int>(index))->mutable_shape();
    wire_shape.Assign(shape.begin(), shape.end());
    request_.mutable_raw_input_contents(static_cast<int>(index))->assign(size, '\0');
    return {};
  }

  Status Infer(const InferOptions& options) override {
    grpc::ClientContext context;
    Begin(context, options);
    return End(connection_->stub->ModelInfer(&context, request_, &response_));
  }

  Status Start(const InferOptions& options) override {
    call_.emplace();
    Begin(call_->context, options);
    call_->reader = connection_->stub->AsyncModelInfer(&call_->context, request_, &queue_);
    call_->reader->Finish(&response_, &call_->status, nullptr);
    return {};
  }

  bool done() override {
    void* tag = nullptr;
    bool ok = false;
    if (!call_->done) {
      call_->done = queue_.AsyncNext(&tag, &ok, gpr_time_0(GPR_CLOCK_MONOTONIC)) == grpc::CompletionQueue::GOT_EVENT;
    }
    return call_->done;
  }

  Status Wait() override {
    void* tag = nullptr;
    bool ok = false;
    if (!call_->done) queue_.Next(&tag, &ok);  // the calling thread itself waits on the socket
    const grpc::Status status = std::move(call_->status);
    call_.reset();
    return End(status);
  }

  ~GrpcBoundModel() override {
    if (call_) call_->context.TryCancel();
    queue_.Shutdown();  // what is under way comes out of it all the same
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  std::uint64_t version() const override { return version_; }

  std::span<const std::byte> output(std::size_t index) const override {
    return std::as_bytes(std::span(response_.raw_output_contents(static_cast<int>(index))));
  }

  std::vector<std::int64_t> output_shape(std::size_t index) const override {
    const auto& shape = response_.outputs(static_cast<int>(index)).shape();
    return {shape.begin(), shape.end()};
  }

 private:
  void Begin(grpc::ClientContext& context, const InferOptions& options) {
    version_ = 0;
    SetTimeout(context, options.timeout);
    auto& parameters = *request_.mutable_parameters();
    if (options.priority != priority_) parameters.erase("priority");
    if (options.priority != priority_ && options.priority != Priority::kDefault) {
      parameters["priority"].set_uint64_param(static_cast<std::uint64_t>(options.priority));
    }
    priority_ = options.priority;
  }

  Status End(const grpc::Status& status) {
    if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) TFLD_RETURN_IF_ERROR(CheckInputs());
    TFLD_RETURN_IF_ERROR(FromGrpc(status, connection_->socket_path));
    return CheckResponse();
  }

  // What was refused may be right for the version that was bound, and wrong for the one that serves now.
  Status CheckInputs() {
    const auto now = AskModelInfo(*connection_, info_.name, request_.model_version());
    if (!now.ok() || now->inputs == info_.inputs) return {};
    return FailedPrecondition(
        StrCat("model ", info_.name, " has other inputs than what was bound: bind the model again"));
  }

  // The answer may come from a version that was activated after the binding was made. Reads the version last, so that
  // there is none unless the answer can be used.
  Status CheckResponse() {
    const std::string& text = response_.model_version();
    const int count = static_cast<int>(info_.outputs.size());
    if (response_.outputs_size() != count) return OtherOutputs(StrCat(response_.outputs_size(), " outputs"));
    if (response_.raw_output_contents_size() != count) return Internal("the answer has no raw contents");
    for (int i = 0; i < count; ++i) TFLD_RETURN_IF_ERROR(CheckOutput(i));
    std::uint64_t version = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
    if (parsed.ec != std::errc() || version == 0) return Internal(StrCat("the answer has the version '", text, "'"));
    version_ = version;
    return {};
  }

  Status CheckOutput(int index) const {
    const auto& output = response_.outputs(index);
    const TensorInfo& bound = info_.outputs[static_cast<std::size_t>(index)];
    if (output.name() != bound.name || output.datatype() != DataTypeName(bound.type)) {
      return OtherOutputs(StrCat("output ", index, " ", output.name(), " of type ", output.datatype()));
    }
    if (bound.type == DataType::kBytes) return {};
    const auto size = ByteSize(bound.type, {output.shape().data(), static_cast<std::size_t>(output.shape_size())});
    const std::size_t came = response_.raw_output_contents(index).size();
    if (size && *size == came) return {};
    return Internal(StrCat("output ", bound.name, " came with ", came, " bytes, which do not fit its shape"));
  }

  Status OtherOutputs(const std::string& what) const {
    return FailedPrecondition(StrCat("version ", response_.model_version(), " of ", info_.name, " answered with ", what,
                                     ", which is not what was bound: bind the model again"));
  }

  const std::shared_ptr<GrpcConnection> connection_;
  const ModelInfo info_;
  std::vector<std::vector<std::int64_t>> shapes_;  // of the inputs
  inference::ModelInferRequest request_;
  inference::ModelInferResponse response_;
  std::uint64_t version_ = 0;
  Priority priority_ = Priority::kDefault;  // that the request says
  grpc::CompletionQueue queue_;  // of the one call; gRPC's callbacks would come from threads that nap at times
  std::optional<Call> call_;
};

}  // namespace

Result<std::unique_ptr<BoundModel>> MakeGrpcBoundModel(std::shared_ptr<GrpcConnection> connection, ModelInfo info,
                                                       const std::string& version) {
  auto bound = std::make_unique<GrpcBoundModel>(std::move(connection), std::move(info));
  TFLD_RETURN_IF_ERROR(bound->Prepare(version));
  return std::unique_ptr<BoundModel>(std::move(bound));
}

}  // namespace tfld::client
