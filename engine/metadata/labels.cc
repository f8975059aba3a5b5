#include "tfld/labels.h"

#include <algorithm>
#include <string_view>

#include "engine/base/str_cat.h"
#include "engine/metadata/associated_files.h"
#include "engine/metadata/model_metadata.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxLabelBytes = std::size_t{16} << 20;

// One label a line.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

Result<std::vector<std::string>> ReadLabels(const Model& model, int output) {
  TFLD_ASSIGN_OR_RETURN(const ModelMetadata metadata, ReadMetadata(model));
  const auto index = static_cast<std::size_t>(output);
  const AssociatedFile* file = index < metadata.outputs.size() ? LabelFileOf(metadata.outputs[index]) : nullptr;
  if (file == nullptr) return NotFound(StrCat(model.name(), ": the metadata has no labels for output ", output));
  TFLD_ASSIGN_OR_RETURN(const auto bytes, ReadAssociatedFile(model, file->name, kMaxLabelBytes));
  return Lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace tfld::engine
