#include "daemon/rpc/tensor_codec.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "daemon/rpc/bytes_tensor.h"
#include "daemon/rpc/classification.h"
#include "daemon/rpc/datatype.h"
#include "daemon/rpc/request_check.h"
#include "daemon/rpc/shared_tensors.h"
#include "daemon/rpc/tensor_names.h"
#include "daemon/scheduler/session_row.h"
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

void PrepareOutput(const TensorInfo& info, std::int64_t classes, bool in_message,
                   inference::ModelInferResponse& response) {
  auto& output = *response.add_outputs();
  output.set_name(info.name);
  std::string& raw = *response.add_raw_output_contents();
  if (classes > 0) {
    output.set_datatype(kBytes.data(), kBytes.size());
    output.add_shape(classes);  // no more than there are, which only the run may know
    return;
  }
  const std::string_view datatype = DatatypeName(info.type);
  output.set_datatype(datatype.data(), datatype.size());
  output.mutable_shape()->Reserve(engine::kMaxRank);
  if (in_message) raw.reserve(engine::ByteSize(info.type, info.shape.NumElements()));
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

// Kernels rely on 0 and 1.
void MakeBooleans(const TensorView& view) {
  if (view.type != ElementType::kBool) return;
  for (std::byte& element : view.bytes) element = std::byte{element != std::byte{0}};
}

void CopyRaw(const std::string& raw, const TensorView& view) {
  if (!raw.empty()) std::memcpy(view.bytes.data(), raw.data(), raw.size());
  MakeBooleans(view);
}

// What is read is the session's own from then on, whatever becomes of the shared memory.
Status ReadShared(const SharedSlice& slice, const TensorView& view) {
  TFLD_RETURN_IF_ERROR(slice.region->Read(slice.offset, view.bytes.first(slice.byte_size)));
  MakeBooleans(view);
  return {};
}

Status WriteShared(const SharedSlice& slice, std::span<const std::byte> bytes,
                   inference::ModelInferResponse::InferOutputTensor& output) {
  if (bytes.size() > slice.byte_size) {
    return InvalidArgument(StrCat("output '", output.name(), "' has ", bytes.size(), " bytes; its place in region '",
                                  slice.region_name, "' has ", slice.byte_size));
  }
  TFLD_RETURN_IF_ERROR(slice.region->Write(slice.offset, bytes));
  auto& parameters = *output.mutable_parameters();
  parameters["shared_memory_region"].set_string_param(slice.region_name);
  parameters["shared_memory_byte_size"].set_int64_param(static_cast<std::int64_t>(bytes.size()));
  parameters["shared_memory_offset"].set_int64_param(static_cast<std::int64_t>(slice.offset));
  return {};
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

std::vector<std::string> StringsOf(const inference::ModelInferRequest& request, int input, const std::string* raw) {
  if (raw != nullptr) return SplitStrings(*raw);
  const auto& contents = request.inputs(input).contents().bytes_contents();
  return {contents.begin(), contents.end()};
}

}  // namespace

void PrepareResponse(const EntryPoint& entry, const inference::ModelInferRequest& request, const SharedTensors& shared,
                     inference::ModelInferResponse& response) {
  for (int i = 0; i < request.outputs_size(); ++i) {
    const auto& output = request.outputs(i);
    const int index = IndexOf(entry.outputs, output.name(), i);
    PrepareOutput(entry.outputs[static_cast<std::size_t>(index)], ClassesWanted(output), shared.Output(i) == nullptr,
                  response);
  }
  if (request.outputs_size() > 0) return;
  for (const TensorInfo& info : entry.outputs) PrepareOutput(info, 0, true, response);
}

Status CopyInputs(const EntryPoint& entry, const inference::ModelInferRequest& request, const SharedTensors& shared,
                  const SessionRow& row) {
  if (row.is_whole() && HasOpenInput(entry)) TFLD_RETURN_IF_ERROR(FitShapes(entry, request, row.session()));
  int next_raw = 0;
  for (int i = 0; i < request.inputs_size(); ++i) {
    const int index = IndexOf(entry.inputs, request.inputs(i).name(), i);
    const TensorView view = row.Input(index);
    const SharedSlice* slice = shared.Input(i);
    const std::string* raw = shared.Copy(i);
    if (slice == nullptr && request.raw_input_contents_size() > 0) raw = &request.raw_input_contents(next_raw++);
    if (view.type == ElementType::kString) {
      TFLD_RETURN_IF_ERROR(row.session().SetInput(index, engine::EncodeStrings(StringsOf(request, i, raw))));
    } else if (slice != nullptr) {
      const Status read = ReadShared(*slice, view);
      if (!read.ok()) return read.WithContext(StrCat("input '", request.inputs(i).name(), "'"));
    } else if (raw != nullptr) {
      CopyRaw(*raw, view);
    } else {
      const TensorInfo& info = entry.inputs[static_cast<std::size_t>(index)];
      TFLD_RETURN_IF_ERROR(CopyContents(info, request.inputs(i).contents(), view));
    }
  }
  return {};
}

namespace {

// The bytes of an output as the protocol has them: as they are in the session, or made into `made`.
std::span<const std::byte> BytesOf(const TensorView& view, bool classified, std::size_t classes,
                                   std::span<const std::string> labels, std::string& made) {
  if (classified) {
    made = EncodeClassification(view, classes, labels);
  } else if (view.type == ElementType::kString) {
    made = JoinStrings(view.bytes.data());
  } else {
    return view.bytes;
  }
  return std::as_bytes(std::span(made));
}

}  // namespace

Status CopyOutputs(const EntryPoint& entry, const SessionRow& row, std::span<const std::string> labels,
                   const SharedTensors& shared, inference::ModelInferResponse& response) {
  for (int i = 0; i < response.outputs_size(); ++i) {
    auto& output = *response.mutable_outputs(i);
    const TensorView view = row.Output(IndexOf(entry.outputs, output.name(), i));
    const bool classified = output.datatype() == kBytes && view.type != ElementType::kString;
    const std::int64_t classes = classified ? std::min(output.shape(0), view.shape.NumElements()) : 0;
    if (classified) {
      output.set_shape(0, classes);
    } else {  // some shapes come out of the run, or follow the inputs'
      for (const std::int32_t size : view.shape.dims()) output.add_shape(size);
    }
    std::string made;
    const std::span<const std::byte> bytes = BytesOf(view, classified, static_cast<std::size_t>(classes), labels, made);
    if (const SharedSlice* slice = shared.Output(i)) {
      TFLD_RETURN_IF_ERROR(WriteShared(*slice, bytes, output));
    } else if (made.empty()) {
      response.mutable_raw_output_contents(i)->assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else {
      *response.mutable_raw_output_contents(i) = std::move(made);
    }
  }
  return {};
}

}  // namespace tfld::daemon
