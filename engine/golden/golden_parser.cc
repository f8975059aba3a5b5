// The door to the JSON library: its exceptions end here.
#include "engine/golden/golden_parser.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTensorsPerStep = 1024;

Result<std::string> OptionalString(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::string();
  if (!found->is_string()) return InvalidArgument(StrCat("\"", key, "\" is not a string"));
  return found->get<std::string>();
}

Result<std::string> RequiredString(const Json& object, const char* key) {
  if (!object.contains(key)) return InvalidArgument(StrCat("\"", key, "\" is missing"));
  return OptionalString(object, key);
}

Result<std::vector<std::string>> OptionalStrings(const Json& object, const char* key) {
  std::vector<std::string> values;
  const auto found = object.find(key);
  if (found == object.end()) return values;
  if (!found->is_array()) return InvalidArgument(StrCat("\"", key, "\" is not a list"));
  for (const Json& item : *found) {
    if (!item.is_string()) return InvalidArgument(StrCat("\"", key, "\" holds something that is not a string"));
    values.push_back(item.get<std::string>());
  }
  return values;
}

Result<double> RequiredNumber(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return InvalidArgument(StrCat("\"", key, "\" is not a number"));
  const double value = found->get<double>();
  if (!(value >= 0.0)) return InvalidArgument(StrCat("\"", key, "\" is negative"));
  return value;
}

Result<Shape> ParseShape(const Json& object) {
  const auto found = object.find("shape");
  if (found == object.end() || !found->is_array()) return InvalidArgument("\"shape\" is not a list");
  std::vector<std::int32_t> dims;
  for (const Json& item : *found) {
    if (!item.is_number_unsigned() || item.get<std::uint64_t>() > INT32_MAX || dims.size() > kMaxRank) {
      return InvalidArgument("\"shape\" is not a list of sizes");
    }
    dims.push_back(item.get<std::int32_t>());
  }
  return Shape::Make(dims);
}

Status ParseContents(const Json& object, GoldenTensor& tensor) {
  if (tensor.type != ElementType::kString) {
    TFLD_ASSIGN_OR_RETURN(tensor.file, RequiredString(object, "file"));
    if (tensor.file.empty()) return InvalidArgument("\"file\" is empty");
    return {};
  }
  TFLD_ASSIGN_OR_RETURN(const auto strings, OptionalStrings(object, "strings"));
  if (static_cast<std::int64_t>(strings.size()) != tensor.shape.NumElements()) {
    return InvalidArgument(StrCat("has ", strings.size(), " strings for shape ", tensor.shape.ToString()));
  }
  tensor.data = EncodeStrings(strings);
  return {};
}

Result<GoldenTensor> ParseTensor(const Json& object) {
  if (!object.is_object()) return InvalidArgument("is not an object");
  GoldenTensor tensor;
  TFLD_ASSIGN_OR_RETURN(tensor.name, OptionalString(object, "name"));
  TFLD_ASSIGN_OR_RETURN(tensor.sig_name, OptionalString(object, "sig_name"));
  TFLD_ASSIGN_OR_RETURN(const std::string type_name, RequiredString(object, "dtype"));
  const auto type = ElementTypeFromName(type_name);
  if (!type) return InvalidArgument(StrCat("\"dtype\" is the unknown type ", type_name));
  tensor.type = *type;
  TFLD_ASSIGN_OR_RETURN(tensor.shape, ParseShape(object));
  TFLD_RETURN_IF_ERROR(ParseContents(object, tensor));
  if (const auto found = object.find("default_kernels"); found != object.end() && found->is_object()) {
    TFLD_ASSIGN_OR_RETURN(tensor.kernels_diff, RequiredNumber(*found, "max_abs_diff"));
  }
  return tensor;
}

Status ParseTensors(const Json& step, const char* key, std::vector<GoldenTensor>& tensors) {
  const auto found = step.find(key);
  if (found == step.end() || !found->is_array() || found->size() > kMaxTensorsPerStep) {
    return InvalidArgument(StrCat("\"", key, "\" is not a list of at most ", kMaxTensorsPerStep, " tensors"));
  }
  for (const Json& item : *found) {
    auto tensor = ParseTensor(item);
    if (!tensor.ok()) return tensor.status().WithContext(StrCat(key, "[", tensors.size(), "]"));
    tensors.push_back(std::move(tensor).value());
  }
  return {};
}

Result<GoldenStep> ParseStep(const Json& object) {
  if (!object.is_object()) return InvalidArgument("is not an object");
  GoldenStep step;
  TFLD_ASSIGN_OR_RETURN(step.signature, OptionalString(object, "signature"));
  TFLD_RETURN_IF_ERROR(ParseTensors(object, "inputs", step.inputs));
  TFLD_RETURN_IF_ERROR(ParseTensors(object, "outputs", step.outputs));
  return step;
}

Status ParseSteps(const Json& object, const GoldenLimits& limits, std::vector<GoldenStep>& steps) {
  const auto found = object.find("steps");
  if (found == object.end() || !found->is_array() || found->empty()) {
    return InvalidArgument("\"steps\" is not a list with at least one step");
  }
  if (found->size() > limits.max_steps) {
    return ResourceExhausted(StrCat(found->size(), " steps, over the limit of ", limits.max_steps));
  }
  for (const Json& item : *found) {
    auto step = ParseStep(item);
    if (!step.ok()) return step.status().WithContext(StrCat("steps[", steps.size(), "]"));
    steps.push_back(std::move(step).value());
  }
  return {};
}

Status ParseTolerance(const Json& object, Golden& golden) {
  const auto found = object.find("tolerance");
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_object()) return InvalidArgument("\"tolerance\" is not an object");
  GivenTolerance given;
  for (const auto& [key, field] : {std::pair{"steps", &given.steps}, std::pair{"relative", &given.relative},
                                   std::pair{"absolute", &given.absolute}}) {
    if (!found->contains(key)) continue;
    TFLD_ASSIGN_OR_RETURN(*field, RequiredNumber(*found, key));
  }
  golden.tolerance = given;
  return {};
}

// {"builtin": 0.0, "xnnpack": 1.0}: the greatest of what there is.
void ParseKernelDifference(const Json& object, Golden& golden) {
  const auto found = object.find("kernel_max_abs_diff");
  if (found == object.end() || !found->is_object()) return;
  for (const Json& item : *found) {
    if (item.is_number())
      golden.kernel_max_abs_diff = std::max(golden.kernel_max_abs_diff.value_or(0.0), item.get<double>());
  }
}

Result<Golden> Parse(std::string_view text, const GoldenLimits& limits) {
  const Json object = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return InvalidArgument("is not a JSON object");
  Golden golden;
  TFLD_ASSIGN_OR_RETURN(golden.model, OptionalString(object, "model"));
  if (golden.model.empty()) golden.model = "model.tflite";
  TFLD_ASSIGN_OR_RETURN(const std::string kernels, OptionalString(object, "kernels"));
  TFLD_ASSIGN_OR_RETURN(const std::string resolver, OptionalString(object, "resolver"));
  golden.by_default_kernels = kernels == "default" || resolver == "builtin_no_delegates";
  TFLD_ASSIGN_OR_RETURN(golden.operators, OptionalStrings(object, "operators"));
  TFLD_ASSIGN_OR_RETURN(golden.tags, OptionalStrings(object, "tags"));
  TFLD_RETURN_IF_ERROR(ParseTolerance(object, golden));
  ParseKernelDifference(object, golden);
  TFLD_RETURN_IF_ERROR(ParseSteps(object, limits, golden.steps));
  return golden;
}

}  // namespace

Result<Golden> ParseGoldenJson(std::string_view text, const GoldenLimits& limits) {
  try {
    return Parse(text, limits);
  } catch (const std::exception& exception) {
    return InvalidArgument(StrCat("is not a golden: ", exception.what()));
  }
}

}  // namespace tfld::engine
