#include "engine/tools/metadata_output.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/metadata/model_metadata.h"
#include "engine/tools/table.h"
#include "tfld/labels.h"

namespace tfld::engine {
namespace {

using Json = nlohmann::ordered_json;

Json FilesToJson(const std::vector<AssociatedFile>& files) {
  Json list = Json::array();
  for (const AssociatedFile& file : files) {
    list.push_back({{"name", file.name}, {"description", file.description}, {"locale", file.locale}});
  }
  return list;
}

Json TensorsToJson(const std::vector<TensorMetadata>& tensors) {
  Json list = Json::array();
  for (const TensorMetadata& tensor : tensors) {
    list.push_back({{"name", tensor.name}, {"description", tensor.description}, {"files", FilesToJson(tensor.files)}});
  }
  return list;
}

void PrintLine(std::string_view title, const std::string& text) {
  if (!text.empty()) std::cout << "  " << title << ": " << Printable(text) << '\n';
}

// "1001 labels: background, tench, goldfish ..."
std::string LabelsText(const Model& model, int output) {
  const auto labels = ReadLabels(model, output);
  if (!labels.ok())
    return labels.status().code() == StatusCode::kNotFound ? "" : std::string(labels.status().message());
  constexpr std::size_t kShown = 3;
  std::string text = StrCat(labels->size(), " labels: ");
  for (std::size_t i = 0; i < std::min(labels->size(), kShown); ++i) text += StrCat(i > 0 ? ", " : "", (*labels)[i]);
  return text + (labels->size() > kShown ? " ..." : "");
}

void PrintTensors(const Model& model, std::string_view kind, const std::vector<TensorMetadata>& tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string labels = kind == "output" ? LabelsText(model, static_cast<int>(i)) : "";
    PrintLine(StrCat(kind, " ", i, " ", Printable(tensors[i].name)),
              tensors[i].description + (labels.empty() || tensors[i].description.empty() ? "" : " ") + labels);
  }
}

}  // namespace

void PrintMetadata(const Model& model) {
  const auto metadata = ReadMetadata(model);
  if (!metadata.ok() && metadata.status().code() == StatusCode::kNotFound) return;
  std::cout << "metadata\n";
  if (!metadata.ok()) return PrintLine("unreadable", std::string(metadata.status().message()));
  PrintLine("name", metadata->name);
  PrintLine("description", metadata->description);
  PrintLine("version", metadata->version);
  PrintLine("author", metadata->author);
  PrintLine("license", metadata->license);
  PrintTensors(model, "input", metadata->inputs);
  PrintTensors(model, "output", metadata->outputs);
}

Json MetadataToJson(const Model& model) {
  const auto metadata = ReadMetadata(model);
  if (!metadata.ok()) return nullptr;
  Json json = {{"name", metadata->name},
               {"description", metadata->description},
               {"version", metadata->version},
               {"author", metadata->author},
               {"license", metadata->license},
               {"inputs", TensorsToJson(metadata->inputs)},
               {"outputs", TensorsToJson(metadata->outputs)},
               {"files", FilesToJson(metadata->files)}};
  for (std::size_t i = 0; i < metadata->outputs.size(); ++i) {
    if (const auto labels = ReadLabels(model, static_cast<int>(i)); labels.ok()) json["outputs"][i]["labels"] = *labels;
  }
  return json;
}

}  // namespace tfld::engine
