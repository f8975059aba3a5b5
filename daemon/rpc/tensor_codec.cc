#include "daemon/rpc/tensor_codec.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "daemon/rpc/bytes_tensor.h"
#include "daemon/rpc/classification.h"
#include "daemon/rpc/datatype.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/tensor_names.h"
#include "engine/base/str_cat.h"
#include "engine/tensor/string_tensor.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using engine::EntryPoint;
using engine::TensorInfo;
using engine::TensorView;
using inference::InferTensorContents;

constexpr std::string_view kBytes = "BYTES";

void PrepareOutput(const TensorInfo& info, std::int64_t classes, inference::ModelInferResponse& response) {
  auto& output = *response.add_outputs();
  output.set_name(info.name);
  std::string& raw = *response.add_raw_output_contents();
  if (classes > 0) {
    output.set_datatype(kBytes.data(), kBytes.size());
    output.add_shape(std::min(classes, info.shape.NumElements()));
    return;
  }
  const std::string_view datatype = DatatypeName(info.type);
  output.set_datatype(datatype.data(), datatype.size());
  output.mutable_shape()->Reserve(engine::kMaxRank);
  raw.reserve(engine::ByteSize(info.type, info.shape.NumElements()));
}

template <typename T, typename Elements>
Status CopyTyped(const TensorInfo& info, const Elements& elements, const TensorView& view) {
  T* out = view.As<T>().data();
  for (int i = 0; i < elements.size(); ++i) {
    const auto element = elements.Get(i);
    const T narrow = static_cast<T>(element);
    if constexpr (std::numeric_limits<T>::is_integer) {
      if (static_cast<decltype(element)>(narrow) != element) {
        return InvalidArgument(StrCat("input '", info.name, "': element ", i, " is ", element, ", which ",
                                      DatatypeName(info.type), " cannot hold"));
      }
    }
    out[i] = narrow;
  }
  return {};
}

Status CopyContents(const TensorInfo& info, const InferTensorContents& contents, const TensorView& view) {
  switch (info.type) {
    case ElementType::kBool: return CopyTyped<bool>(info, contents.bool_contents(), view);
    case ElementType::kInt8: return CopyTyped<std::int8_t>(info, contents.int_contents(), view);
    case ElementType::kInt16: return CopyTyped<std::int16_t>(info, contents.int_contents(), view);
    case ElementType::kInt32: return CopyTyped<std::int32_t>(info, contents.int_contents(), view);
    case ElementType::kInt64: return CopyTyped<std::int64_t>(info, contents.int64_contents(), view);
    case ElementType::kUInt8: return CopyTyped<std::uint8_t>(info, contents.uint_contents(), view);
    case ElementType::kUInt16: return CopyTyped<std::uint16_t>(info, contents.uint_contents(), view);
    case ElementType::kUInt32: return CopyTyped<std::uint32_t>(info, contents.uint_contents(), view);
    case ElementType::kUInt64: return CopyTyped<std::uint64_t>(info, contents.uint64_contents(), view);
    case ElementType::kFloat32: return CopyTyped<float>(info, contents.fp32_contents(), view);
    case ElementType::kFloat64: return CopyTyped<double>(info, contents.fp64_contents(), view);
    default: return Internal(StrCat("input '", info.name, "' was not checked"));
  }
}

void CopyRaw(const std::string& raw, const TensorView& view) {
  if (!raw.empty()) std::memcpy(view.bytes.data(), raw.data(), raw.size());
  if (view.type != ElementType::kBool) return;
  for (std::byte& element : view.bytes) element = std::byte{element != std::byte{0}};  // kernels rely on 0 and 1
}

bool HasOpenInput(const EntryPoint& entry) {
  return std::ranges::any_of(entry.inputs, [](const TensorInfo& info) { return !info.shape_signature.empty(); });
}

Status FitShapes(const EntryPoint& entry, const inference::ModelInferRequest& request, engine::Session& session) {
  std::vector<engine::Shape> shapes(entry.inputs.size());
  for (int i = 0; i < request.inputs_size(); ++i) {
    const int index = IndexOf(entry.inputs, request.inputs(i).name(), i);
    TFLD_ASSIGN_OR_RETURN(shapes[static_cast<std::size_t>(index)], ShapeOf(request.inputs(i)));
  }
  return session.ResizeInputs(shapes);  // does nothing when the session has them already
}

std::vector<std::string> StringsOf(const inference::ModelInferRequest& request, int input) {
  if (request.raw_input_contents_size() > 0) return SplitStrings(request.raw_input_contents(input));
  const auto& contents = request.inputs(input).contents().bytes_contents();
  return {contents.begin(), contents.end()};
}

}  // namespace

void PrepareResponse(const EntryPoint& entry, const inference::ModelInferRequest& request,
                     inference::ModelInferResponse& response) {
  for (const auto& output : request.outputs()) {
    const int index = IndexOf(entry.outputs, output.name(), response.outputs_size());
    PrepareOutput(entry.outputs[static_cast<std::size_t>(index)], ClassesWanted(output), response);
  }
  if (request.outputs_size() > 0) return;
  for (const TensorInfo& info : entry.outputs) PrepareOutput(info, 0, response);
}

Status CopyInputs(const EntryPoint& entry, const inference::ModelInferRequest& request, engine::Session& session) {
  if (HasOpenInput(entry)) TFLD_RETURN_IF_ERROR(FitShapes(entry, request, session));
  for (int i = 0; i < request.inputs_size(); ++i) {
    const int index = IndexOf(entry.inputs, request.inputs(i).name(), i);
    const TensorView view = session.Input(index);
    if (view.type == ElementType::kString) {
      TFLD_RETURN_IF_ERROR(session.SetInput(index, engine::EncodeStrings(StringsOf(request, i))));
    } else if (request.raw_input_contents_size() > 0) {
      CopyRaw(request.raw_input_contents(i), view);
    } else {
      const TensorInfo& info = entry.inputs[static_cast<std::size_t>(index)];
      TFLD_RETURN_IF_ERROR(CopyContents(info, request.inputs(i).contents(), view));
    }
  }
  return {};
}

void CopyOutputs(const EntryPoint& entry, const engine::Session& session, std::span<const std::string> labels,
                 inference::ModelInferResponse& response) {
  for (int i = 0; i < response.outputs_size(); ++i) {
    auto& output = *response.mutable_outputs(i);
    const TensorView view = session.Output(IndexOf(entry.outputs, output.name(), i));
    std::string& raw = *response.mutable_raw_output_contents(i);
    if (output.datatype() == kBytes && view.type != ElementType::kString) {
      raw = EncodeClassification(view, static_cast<std::size_t>(output.shape(0)), labels);
      continue;
    }
    // Some shapes come out of the run, or follow the inputs'.
    for (const std::int32_t size : view.shape.dims()) output.add_shape(size);
    if (view.type == ElementType::kString) {
      raw = JoinStrings(view.bytes.data());
    } else {
      raw.assign(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size());
    }
  }
}

}  // namespace tfld::daemon
