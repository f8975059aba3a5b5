#include "engine/tools/json_output.h"

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

namespace tfld::engine {

void PrintJson(const nlohmann::ordered_json& document) {
  std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

nlohmann::ordered_json ToJson(const TensorInfo& info) {
  nlohmann::ordered_json json = {{"name", info.name},
                                 {"tensor_name", info.tensor_name},
                                 {"dtype", ElementTypeName(info.type)},
                                 {"shape", info.shape.dims()}};
  if (!info.shape_signature.empty()) json["shape_signature"] = info.shape_signature;
  if (info.quantization.per_channel()) {
    json["scales"] = info.quantization.scales;
    json["zero_points"] = info.quantization.zero_points;
  } else if (!info.quantization.empty()) {
    json["scale"] = info.quantization.scales[0];
    json["zero_point"] = info.quantization.zero_points[0];
  }
  return json;
}

double ToKib(std::size_t bytes) { return std::round(static_cast<double>(bytes) / 102.4) / 10.0; }

double Rounded(double value) { return std::round(value * 1000.0) / 1000.0; }

}  // namespace tfld::engine
