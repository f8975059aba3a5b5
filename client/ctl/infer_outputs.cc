#include "client/ctl/infer_outputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>

#include "client/ctl/elements.h"
#include "client/ctl/files.h"
#include "client/ctl/npy.h"
#include "client/ctl/text.h"
#include "client/src/tensor_size.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string ElementText(const Json& element) {
  if (element.is_number_float()) return PlainNumber(element.get<double>(), 6);
  return element.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Strings have no order.
bool HasOrder(const Json& element) {
  return !element.is_string() && !(element.is_number_float() && std::isnan(element.get<double>()));
}

// In both orders what has none comes last.
bool Less(const Json& a, const Json& b) { return HasOrder(a) && (!HasOrder(b) || a < b); }
bool Greater(const Json& a, const Json& b) { return HasOrder(a) && (!HasOrder(b) || b < a); }

std::vector<std::size_t> TopFive(const Json& elements) {
  std::vector<std::size_t> order(elements.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min<std::size_t>(5, order.size());
  const auto before = [&](std::size_t a, std::size_t b) {
    if (Greater(elements[a], elements[b])) return true;
    return !Greater(elements[b], elements[a]) && a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), before);
  order.resize(count);
  return order;
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
    output.elements = ElementsOf(output.info.type, output.bytes);
    if (output.info.type == DataType::kBytes) {
      TFLD_ASSIGN_OR_RETURN(output.elements, binding.OutputStrings(i));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

std::string OutputText(const InferOutput& output, const std::vector<std::string>& labels) {
  std::string text =
      StrCat(output.info.name, ": ", DataTypeName(output.info.type), " ", client::ShapeText(output.info.shape));
  if (output.elements.empty()) return text + "\n";
  const std::vector<std::size_t> top = TopFive(output.elements);
  if (const Json& greatest = output.elements[top.front()]; !greatest.is_string()) {
    const Json& least = *std::min_element(output.elements.begin(), output.elements.end(), Less);
    text += StrCat(", ", ElementText(least), " to ", ElementText(greatest));
  }
  text += "\n";
  for (const std::size_t index : top) {
    const std::string label = LabelOf(index, labels);
    text += StrCat("  [", index, "] ", ElementText(output.elements[index]), label.empty() ? "" : "  ", label, "\n");
  }
  return text;
}

Json ToJson(const InferOutput& output, const std::vector<std::string>& labels) {
  Json top = Json::array();
  for (const std::size_t index : TopFive(output.elements)) {
    Json entry = {{"index", index}, {"value", output.elements[index]}};
    if (const std::string label = LabelOf(index, labels); !label.empty()) entry["label"] = label;
    top.push_back(std::move(entry));
  }
  constexpr std::size_t kMostShown = 4096;
  return {{"name", output.info.name},
          {"datatype", DataTypeName(output.info.type)},
          {"shape", output.info.shape},
          {"data", output.elements.size() <= kMostShown ? output.elements : Json()},
          {"top", std::move(top)}};
}

Status SaveOutputs(const std::vector<InferOutput>& outputs, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return ErrnoStatus(error.value(), StrCat("cannot make ", directory));
  std::set<std::string> names;
  for (const InferOutput& output : outputs) {
    std::string name = output.info.name;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c == '/' || c == ':' || c < ' '; }, '_');
    const Result<std::string> npy = FormatNpy(output.info.type, output.info.shape, output.bytes);
    if (name.empty() || name[0] == '.') name.insert(0, "_");
    while (!names.insert(name).second) name += '_';
    const std::string stem = StrCat(directory, "/", name);
    TFLD_RETURN_IF_ERROR(npy.ok() ? WriteFile(stem + ".npy", std::as_bytes(std::span(*npy)))
                                  : WriteFile(stem + ".bin", output.bytes));
  }
  return {};
}

}  // namespace tfld::ctl
