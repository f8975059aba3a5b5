#include <utility>

#include "client/src/string_codec.h"
#include "client/src/tensor_size.h"
#include "client/src/transport.h"
#include "engine/base/str_cat.h"
#include "tfld/client.h"

namespace tfld {
namespace {

Status CheckIndex(std::size_t index, const std::vector<TensorInfo>& tensors, std::string_view kind) {
  if (index < tensors.size()) return {};
  return NotFound(StrCat("there is no ", kind, " ", index, ": the model has ", tensors.size()));
}

Status CheckType(const TensorInfo& tensor, DataType type) {
  if (tensor.type == type) return {};
  return InvalidArgument(
      StrCat("tensor ", tensor.name, " has type ", DataTypeName(tensor.type), ", not ", DataTypeName(type)));
}

Result<std::size_t> IndexOf(std::string_view name, const std::vector<TensorInfo>& tensors, std::string_view kind) {
  std::string names;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].name == name) return i;
    names += StrCat(i == 0 ? "" : ", ", tensors[i].name);
  }
  return NotFound(StrCat("there is no ", kind, " ", name, ": the model has ", names));
}

}  // namespace

Binding::Binding(std::unique_ptr<client::BoundModel> bound) : bound_(std::move(bound)) {}
Binding::Binding(Binding&&) noexcept = default;
Binding& Binding::operator=(Binding&&) noexcept = default;
Binding::~Binding() = default;

const std::string& Binding::model() const { return bound_->info().name; }
const std::vector<TensorInfo>& Binding::inputs() const { return bound_->info().inputs; }
const std::vector<TensorInfo>& Binding::outputs() const { return bound_->info().outputs; }
std::uint64_t Binding::version() const { return bound_->version(); }

Result<std::size_t> Binding::InputIndex(std::string_view name) const { return IndexOf(name, inputs(), "input"); }
Result<std::size_t> Binding::OutputIndex(std::string_view name) const { return IndexOf(name, outputs(), "output"); }

Result<std::span<std::byte>> Binding::InputBytes(std::size_t index) {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, inputs(), "input"));
  if (!client::ElementCount(bound_->input_shape(index))) {
    return FailedPrecondition(StrCat("input ", inputs()[index].name, " has the open shape ",
                                     client::ShapeText(bound_->input_shape(index)), ": call ResizeInput first"));
  }
  return bound_->input(index);
}

Result<std::span<std::byte>> Binding::InputBytes(std::size_t index, DataType type) {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, inputs(), "input"));
  TFLD_RETURN_IF_ERROR(CheckType(inputs()[index], type));
  return InputBytes(index);
}

Status Binding::ResizeInput(std::size_t index, std::span<const std::int64_t> shape) {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, inputs(), "input"));
  const std::optional<std::size_t> size = client::ByteSize(inputs()[index].type, shape);
  if (!size) return InvalidArgument(StrCat("the shape ", client::ShapeText(shape), " is not possible"));
  TFLD_RETURN_IF_ERROR(CheckIdle());
  return bound_->SetInput(index, shape, *size);
}

Status Binding::SetStrings(std::size_t index, std::span<const std::string_view> strings) {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, inputs(), "input"));
  TFLD_RETURN_IF_ERROR(CheckType(inputs()[index], DataType::kBytes));
  const std::vector<std::int64_t> shape = bound_->input_shape(index);
  if (client::ElementCount(shape) != strings.size()) {
    return InvalidArgument(StrCat("input ", inputs()[index].name, " has shape ", client::ShapeText(shape), ", but ",
                                  strings.size(), " strings came"));
  }
  TFLD_RETURN_IF_ERROR(CheckIdle());
  TFLD_RETURN_IF_ERROR(bound_->SetInput(index, shape, client::EncodedSize(strings)));
  client::EncodeStrings(strings, bound_->input(index));
  return {};
}

Status Binding::CheckIdle() const {
  if (!started_) return {};
  return FailedPrecondition("a request of this binding is under way: call Wait first");
}

Status Binding::CheckReady() {
  TFLD_RETURN_IF_ERROR(CheckIdle());
  for (std::size_t i = 0; i < inputs().size(); ++i) TFLD_RETURN_IF_ERROR(InputBytes(i).status());
  return {};
}

Status Binding::Infer(const InferOptions& options) {
  TFLD_RETURN_IF_ERROR(CheckReady());
  return bound_->Infer(options);
}

Status Binding::Start(const InferOptions& options) {
  TFLD_RETURN_IF_ERROR(CheckReady());
  TFLD_RETURN_IF_ERROR(bound_->Start(options));
  started_ = true;
  return {};
}

Status Binding::Wait() {
  if (!started_) return FailedPrecondition("no request of this binding is under way: call Start first");
  started_ = false;
  return bound_->Wait();
}

bool Binding::done() const { return started_ && bound_->done(); }

std::string_view Binding::transport() const { return bound_->transport(); }

Result<std::span<const std::byte>> Binding::OutputBytes(std::size_t index) const {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, outputs(), "output"));
  TFLD_RETURN_IF_ERROR(CheckIdle());
  if (version() == 0) return FailedPrecondition("there is no answer: Infer was not called, or it failed");
  return bound_->output(index);
}

Result<std::span<const std::byte>> Binding::OutputBytes(std::size_t index, DataType type) const {
  TFLD_RETURN_IF_ERROR(CheckIndex(index, outputs(), "output"));
  TFLD_RETURN_IF_ERROR(CheckType(outputs()[index], type));
  return OutputBytes(index);
}

Result<std::vector<std::string>> Binding::OutputStrings(std::size_t index) const {
  TFLD_ASSIGN_OR_RETURN(const std::span<const std::byte> bytes, OutputBytes(index, DataType::kBytes));
  return client::DecodeStrings(bytes);
}

std::vector<std::int64_t> Binding::OutputShape(std::size_t index) const {
  if (index >= outputs().size() || started_ || version() == 0) return {};
  return bound_->output_shape(index);
}

}  // namespace tfld
