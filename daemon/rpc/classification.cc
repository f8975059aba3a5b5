#include "daemon/rpc/classification.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "daemon/rpc/datatype.h"
#include "daemon/rpc/infer_parameter.h"
#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using engine::ElementType;
using engine::TensorView;

void AppendBytesElement(const std::string& element, std::string& out) {
  const auto size = static_cast<std::uint32_t>(element.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((size >> shift) & 0xff));
  out.append(element);
}

template <typename T>
std::string Encode(std::span<const T> scores, std::size_t count, std::span<const std::string> labels) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  count = std::min(count, order.size());
  const auto best = order.begin() + static_cast<std::ptrdiff_t>(count);
  // A score that is no number comes last.
  std::partial_sort(order.begin(), best, order.end(), [&](std::size_t a, std::size_t b) {
    const bool a_valid = scores[a] == scores[a];
    const bool b_valid = scores[b] == scores[b];
    if (a_valid != b_valid) return a_valid;
    if (a_valid && scores[a] != scores[b]) return scores[a] > scores[b];
    return a < b;
  });
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t index = order[i];
    std::string element = StrCat(+scores[index], ":", index);
    if (index < labels.size()) element += ":" + labels[index];
    AppendBytesElement(element, out);
  }
  return out;
}

}  // namespace

std::int64_t ClassesWanted(const inference::ModelInferRequest::InferRequestedOutputTensor& output) {
  if (output.parameters().empty()) return 0;
  const auto it = output.parameters().find("classification");
  return it == output.parameters().end() ? 0 : WholeNumber(it->second).value_or(-1);
}

Status CheckClassifiable(const engine::TensorInfo& info) {
  switch (info.type) {
    case ElementType::kFloat32:
    case ElementType::kFloat64:
    case ElementType::kInt8:
    case ElementType::kUInt8:
    case ElementType::kInt16:
    case ElementType::kInt32:
    case ElementType::kInt64: return {};
    default:
      return Unimplemented(StrCat("output '", info.name, "': no classification of datatype ", DatatypeName(info.type)));
  }
}

std::string EncodeClassification(const TensorView& scores, std::size_t count, std::span<const std::string> labels) {
  switch (scores.type) {
    case ElementType::kFloat32: return Encode(scores.As<const float>(), count, labels);
    case ElementType::kFloat64: return Encode(scores.As<const double>(), count, labels);
    case ElementType::kInt8: return Encode(scores.As<const std::int8_t>(), count, labels);
    case ElementType::kUInt8: return Encode(scores.As<const std::uint8_t>(), count, labels);
    case ElementType::kInt16: return Encode(scores.As<const std::int16_t>(), count, labels);
    case ElementType::kInt32: return Encode(scores.As<const std::int32_t>(), count, labels);
    case ElementType::kInt64: return Encode(scores.As<const std::int64_t>(), count, labels);
    default: return {};
  }
}

}  // namespace tfld::daemon
