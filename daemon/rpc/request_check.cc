#include "daemon/rpc/request_check.h"

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/rpc/bytes_tensor.h"
#include "daemon/rpc/classification.h"
#include "daemon/rpc/datatype.h"
#include "daemon/rpc/shared_tensors.h"
#include "daemon/rpc/tensor_names.h"
#include "engine/base/cut_text.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using engine::EntryPoint;
using engine::TensorInfo;
using inference::InferTensorContents;
using InputTensor = inference::ModelInferRequest::InferInputTensor;
using RequestedOutput = inference::ModelInferRequest::InferRequestedOutputTensor;

// The caller's words, not more of them than an error should have.
std::string_view Quoted(const std::string& text) { return CutText(text, 64); }

template <typename Sizes>
std::string ShapeText(const Sizes& sizes) {
  std::string text;
  for (const auto size : sizes) text += StrCat(text.empty() ? "" : ", ", size);
  return StrCat("[", text, "]");
}

// -1 where the model leaves the size open.
std::span<const std::int32_t> ExpectedShape(const TensorInfo& info) {
  if (!info.shape_signature.empty()) return info.shape_signature;
  return info.shape.dims();
}

bool Fits(const google::protobuf::RepeatedField<std::int64_t>& came, std::span<const std::int32_t> expected) {
  const auto fits = [](std::int64_t size, std::int64_t wanted) {
    return wanted >= 0 ? size == wanted : size >= 0 && size <= std::numeric_limits<std::int32_t>::max();
  };
  return std::ranges::equal(came, expected, fits);
}

struct TypedField {
  const char* name;  // null when the datatype travels only as raw bytes
  int count;
};

TypedField FieldOf(const InferTensorContents& contents, ElementType type) {
  switch (type) {
    case ElementType::kBool: return {"bool_contents", contents.bool_contents_size()};
    case ElementType::kInt8:
    case ElementType::kInt16:
    case ElementType::kInt32: return {"int_contents", contents.int_contents_size()};
    case ElementType::kInt64: return {"int64_contents", contents.int64_contents_size()};
    case ElementType::kUInt8:
    case ElementType::kUInt16:
    case ElementType::kUInt32: return {"uint_contents", contents.uint_contents_size()};
    case ElementType::kUInt64: return {"uint64_contents", contents.uint64_contents_size()};
    case ElementType::kFloat32: return {"fp32_contents", contents.fp32_contents_size()};
    case ElementType::kFloat64: return {"fp64_contents", contents.fp64_contents_size()};
    case ElementType::kString: return {"bytes_contents", contents.bytes_contents_size()};
    default: return {nullptr, 0};
  }
}

Status CheckStrings(const TensorInfo& info, const std::string& raw, const engine::Shape& shape) {
  const auto count = CountStrings(raw);
  if (!count.ok()) return count.status().WithContext(StrCat("input '", info.name, "'"));
  if (*count == shape.NumElements()) return {};
  return InvalidArgument(StrCat("input '", info.name, "': ", *count, " strings came, ", shape.NumElements(),
                                " are expected for shape ", shape.ToString()));
}

// Of a request's input: where its bytes are, if they are not in typed contents.
struct Bytes {
  const std::string* raw = nullptr;  // in raw_input_contents, or the copy of strings in shared memory
  const SharedSlice* shared = nullptr;
};

Status CheckBytes(const TensorInfo& info, const engine::Shape& shape, const Bytes& bytes) {
  if (info.type == ElementType::kString) return CheckStrings(info, *bytes.raw, shape);
  const std::uint64_t came = bytes.shared != nullptr ? bytes.shared->byte_size : bytes.raw->size();
  const std::uint64_t expected = engine::ByteSize(info.type, shape.NumElements());
  if (came == expected) return {};
  return InvalidArgument(StrCat("input '", info.name, "': ", came, " bytes came, ", expected, " are expected for ",
                                DatatypeName(info.type), " ", shape.ToString()));
}

Status CheckContents(const TensorInfo& info, const engine::Shape& shape, const InputTensor& input, const Bytes& bytes) {
  const std::int64_t elements = shape.NumElements();
  if (bytes.raw != nullptr || bytes.shared != nullptr) {
    if (!input.has_contents()) return CheckBytes(info, shape, bytes);
    return InvalidArgument(StrCat("input '", info.name, "' has contents, and bytes in ",
                                  bytes.shared != nullptr ? "shared memory" : "raw_input_contents",
                                  ": send one of them"));
  }
  const TypedField field = FieldOf(input.contents(), info.type);
  if (field.name == nullptr) {
    return InvalidArgument(StrCat("input '", info.name, "': ", DatatypeName(info.type),
                                  " travels in raw_input_contents only, and none came"));
  }
  if (field.count == elements) return {};
  return InvalidArgument(StrCat("input '", info.name, "': ", field.count, " elements came in ", field.name, ", ",
                                elements, " are expected for shape ", shape.ToString()));
}

Status CheckInput(const TensorInfo& info, const InputTensor& input, const Bytes& bytes) {
  if (!IsTransferable(info.type)) {
    return Unimplemented(StrCat("input '", info.name, "': its datatype ", DatatypeName(info.type),
                                " cannot be sent over this protocol"));
  }
  if (input.datatype() != DatatypeName(info.type)) {
    return InvalidArgument(StrCat("input '", info.name, "': datatype '", Quoted(input.datatype()), "' came, ",
                                  DatatypeName(info.type), " is expected"));
  }
  const auto expected = ExpectedShape(info);
  if (input.shape_size() <= engine::kMaxRank && !Fits(input.shape(), expected)) {
    return InvalidArgument(StrCat("input '", info.name, "': shape ", ShapeText(input.shape()), " came, ",
                                  ShapeText(expected), " is expected"));
  }
  const auto shape = ShapeOf(input);
  if (!shape.ok()) return shape.status().WithContext(StrCat("input '", info.name, "'"));
  return CheckContents(info, *shape, input, bytes);
}

// Every input of the model exactly once, and nothing else.
Status CheckInputNames(const EntryPoint& entry, const inference::ModelInferRequest& request) {
  const int expected = static_cast<int>(entry.inputs.size());
  if (request.inputs_size() > expected) {
    return InvalidArgument(
        StrCat(request.inputs_size(), " inputs came, ", expected, " are expected: ", NamesOf(entry.inputs)));
  }
  std::vector<bool> seen(entry.inputs.size());
  for (int i = 0; i < request.inputs_size(); ++i) {
    const std::string& name = request.inputs(i).name();
    const int index = IndexOf(entry.inputs, name, i);
    if (index < 0)
      return InvalidArgument(StrCat("no input '", Quoted(name), "'; the inputs are ", NamesOf(entry.inputs)));
    if (seen[static_cast<std::size_t>(index)]) return InvalidArgument(StrCat("input '", name, "' came twice"));
    seen[static_cast<std::size_t>(index)] = true;
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) return InvalidArgument(StrCat("input '", entry.inputs[i].name, "' is missing"));
  }
  return {};
}

Status CheckOutput(const TensorInfo& info, const RequestedOutput& output) {
  const std::int64_t classes = ClassesWanted(output);
  if (classes < 0) {
    return InvalidArgument(
        StrCat("output '", info.name, "': parameter 'classification': a whole number of classes is expected"));
  }
  if (classes > 0) return CheckClassifiable(info);
  if (IsTransferable(info.type)) return {};
  return Unimplemented(
      StrCat("output '", info.name, "': its datatype ", DatatypeName(info.type), " cannot be sent over this protocol"));
}

Status CheckOutputs(const EntryPoint& entry, const inference::ModelInferRequest& request) {
  if (request.outputs_size() == 0) {
    for (const TensorInfo& info : entry.outputs) {
      TFLD_RETURN_IF_ERROR(CheckOutput(info, RequestedOutput::default_instance()));
    }
    return {};
  }
  if (request.outputs_size() > static_cast<int>(entry.outputs.size())) {
    return InvalidArgument(StrCat(request.outputs_size(), " outputs are wanted, there are ", entry.outputs.size(), ": ",
                                  NamesOf(entry.outputs)));
  }
  std::vector<bool> seen(entry.outputs.size());
  for (int i = 0; i < request.outputs_size(); ++i) {
    const std::string& name = request.outputs(i).name();
    const int index = IndexOf(entry.outputs, name, i);
    if (index < 0)
      return InvalidArgument(StrCat("no output '", Quoted(name), "'; the outputs are ", NamesOf(entry.outputs)));
    if (seen[static_cast<std::size_t>(index)]) return InvalidArgument(StrCat("output '", name, "' is wanted twice"));
    seen[static_cast<std::size_t>(index)] = true;
    TFLD_RETURN_IF_ERROR(CheckOutput(entry.outputs[static_cast<std::size_t>(index)], request.outputs(i)));
  }
  return {};
}

}  // namespace

Result<engine::Shape> ShapeOf(const InputTensor& input) {
  std::array<std::int32_t, engine::kMaxRank> dims{};
  const int rank = input.shape_size();
  if (rank > engine::kMaxRank) return InvalidArgument(StrCat("rank ", rank, "; the most is ", engine::kMaxRank));
  for (int axis = 0; axis < rank; ++axis)
    dims[static_cast<std::size_t>(axis)] = static_cast<std::int32_t>(input.shape(axis));
  return engine::Shape::Make(std::span(dims).first(static_cast<std::size_t>(rank)));
}

Status CheckRequest(const EntryPoint& entry, const inference::ModelInferRequest& request, const SharedTensors& shared) {
  TFLD_RETURN_IF_ERROR(CheckInputNames(entry, request));
  const int raw_count = request.raw_input_contents_size();
  int expected = 0;
  for (int i = 0; i < request.inputs_size(); ++i) expected += shared.Input(i) == nullptr ? 1 : 0;
  if (raw_count != 0 && raw_count != expected) {
    return InvalidArgument(StrCat(raw_count, " raw_input_contents came for ", expected,
                                  " inputs that are not in shared memory: one each is expected"));
  }
  int next_raw = 0;
  for (int i = 0; i < request.inputs_size(); ++i) {
    const InputTensor& input = request.inputs(i);
    const TensorInfo& info = entry.inputs[static_cast<std::size_t>(IndexOf(entry.inputs, input.name(), i))];
    Bytes bytes;
    bytes.shared = shared.Input(i);
    if (bytes.shared != nullptr) {
      bytes.raw = shared.Copy(i);
    } else if (raw_count > 0) {
      bytes.raw = &request.raw_input_contents(next_raw++);
    }
    TFLD_RETURN_IF_ERROR(CheckInput(info, input, bytes));
  }
  return CheckOutputs(entry, request);
}

bool HasPlannedShapes(const EntryPoint& entry, const inference::ModelInferRequest& request) {
  for (int i = 0; i < request.inputs_size(); ++i) {
    const InputTensor& input = request.inputs(i);
    const TensorInfo& info = entry.inputs[static_cast<std::size_t>(IndexOf(entry.inputs, input.name(), i))];
    if (info.type == ElementType::kString || !std::ranges::equal(input.shape(), info.shape.dims())) return false;
  }
  return true;
}

}  // namespace tfld::daemon
