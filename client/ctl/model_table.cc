#include "client/ctl/model_table.h"

#include "client/ctl/text.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

std::string LabelsOf(const v1::ModelStatus& model, std::uint64_t version) {
  std::string text;
  for (const auto& [label, labelled] : SortedLabels(model)) {
    if (labelled == version) text += StrCat(text.empty() ? "" : ", ", label);
  }
  return text;
}

}  // namespace

Table ModelTable(const v1::ListModelsResponse& models) {
  Table table({"MODEL", ">ACTIVE", ">PREVIOUS", ">VERSIONS", ">MEMORY"});
  for (const v1::ModelStatus& model : models.models()) {
    table.AddRow({model.name(), model.has_active() ? Cell(StrCat(model.active()), Color::kGreen) : Cell("-"),
                  model.has_previous() ? StrCat(model.previous()) : "-", StrCat(model.versions_size()),
                  BytesText(TotalBytes(model.memory()))});
  }
  return table;
}

Table VersionTable(const v1::ModelStatus& model) {
  constexpr std::size_t kDigestShown = 12;
  Table table({">VERSION", "STATE", "LABELS", ">SIZE", "SHA256", "DEPLOYED", "REASON"});
  for (const v1::VersionStatus& version : model.versions()) {
    table.AddRow({StrCat(version.version()), StateCell(version.state()), LabelsOf(model, version.version()),
                  BytesText(version.size()), version.sha256().substr(0, kDigestShown), TimeText(version.deployed_at()),
                  version.reason()});
  }
  return table;
}

Table LabelTable(const v1::ModelStatus& model) {
  Table table({"LABEL", ">VERSION"});
  for (const auto& [label, version] : SortedLabels(model)) table.AddRow({label, StrCat(version)});
  return table;
}

std::map<std::string, std::uint64_t> SortedLabels(const v1::ModelStatus& model) {
  return {model.labels().begin(), model.labels().end()};
}

std::uint64_t TotalBytes(const v1::MemoryUse& memory) { return memory.weights() + memory.packed() + memory.arenas(); }

}  // namespace tfld::ctl
