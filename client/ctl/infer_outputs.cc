#include "client/ctl/infer_outputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "client/ctl/elements.h"
#include "client/ctl/files.h"
#include "client/ctl/npy.h"
#include "client/ctl/text.h"
#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string NumberText(const InferOutput& output, double number) {
  const bool floating = output.info.type == DataType::kFloat32 || output.info.type == DataType::kFloat64;
  return PlainNumber(number, floating ? 6 : 0);
}

std::string LabelOf(std::size_t index, const std::vector<std::string>& labels) {
  return index < labels.size() ? labels[index] : std::string();
}

}  // namespace

Result<std::vector<InferOutput>> ReadOutputs(const Binding& binding) {
  std::vector<InferOutput> outputs;
  for (std::size_t i = 0; i < binding.outputs().size(); ++i) {
    InferOutput output{binding.outputs()[i], {}, {}};
    output.info.shape = binding.OutputShape(i);
    TFLD_ASSIGN_OR_RETURN(output.bytes, binding.OutputBytes(i));
    output.numbers = ToNumbers(output.info.type, output.bytes);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

std::vector<std::size_t> TopFive(const std::vector<double>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min<std::size_t>(5, order.size());
  const auto key = [&](std::size_t i) {  // what is not a number comes last
    return std::isnan(numbers[i]) ? -std::numeric_limits<double>::infinity() : numbers[i];
  };
  const auto greater = [&](std::size_t a, std::size_t b) { return key(a) != key(b) ? key(a) > key(b) : a < b; };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), greater);
  order.resize(count);
  return order;
}

std::string OutputText(const InferOutput& output, const std::vector<std::string>& labels) {
  std::string text =
      StrCat(output.info.name, ": ", DataTypeName(output.info.type), " ", client::ShapeText(output.info.shape));
  if (output.numbers.empty()) return text + "\n";
  const auto [least, greatest] = std::minmax_element(output.numbers.begin(), output.numbers.end());
  text += StrCat(", ", NumberText(output, *least), " to ", NumberText(output, *greatest), "\n");
  for (const std::size_t index : TopFive(output.numbers)) {
    const std::string label = LabelOf(index, labels);
    text +=
        StrCat("  [", index, "] ", NumberText(output, output.numbers[index]), label.empty() ? "" : "  ", label, "\n");
  }
  return text;
}

Json ToJson(const InferOutput& output, const std::vector<std::string>& labels) {
  Json top = Json::array();
  for (const std::size_t index : TopFive(output.numbers)) {
    Json entry = {{"index", index}, {"value", output.numbers[index]}};
    if (const std::string label = LabelOf(index, labels); !label.empty()) entry["label"] = label;
    top.push_back(std::move(entry));
  }
  constexpr std::size_t kMostShown = 4096;
  return {{"name", output.info.name},
          {"datatype", DataTypeName(output.info.type)},
          {"shape", output.info.shape},
          {"data", output.numbers.size() <= kMostShown ? Json(output.numbers) : Json()},
          {"top", std::move(top)}};
}

Status SaveOutputs(const std::vector<InferOutput>& outputs, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return ErrnoStatus(error.value(), StrCat("cannot make ", directory));
  for (const InferOutput& output : outputs) {
    std::string name = output.info.name;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c == '/' || c == ':' || c < ' '; }, '_');
    const Result<std::string> npy = FormatNpy(output.info.type, output.info.shape, output.bytes);
    const std::string stem = StrCat(directory, "/", name.empty() || name[0] == '.' ? "_" : "", name);
    TFLD_RETURN_IF_ERROR(npy.ok() ? WriteFile(stem + ".npy", std::as_bytes(std::span(*npy)))
                                  : WriteFile(stem + ".bin", output.bytes));
  }
  return {};
}

}  // namespace tfld::ctl
