#include "engine/metadata/model_metadata.h"

#include <metadata_generated.h>

#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/graph/graph.h"

namespace tfld::engine {
namespace {

namespace wire = ::tfld::metadata_wire;

constexpr std::string_view kBufferName = "TFLITE_METADATA";
constexpr int kMaxDepth = 16;
constexpr flatbuffers::uoffset_t kMaxTables = 100'000;

std::string Text(const flatbuffers::String* text) { return text != nullptr ? text->str() : std::string(); }

AssociatedFile::Kind KindOf(wire::AssociatedFileType type) {
  switch (type) {
    case wire::AssociatedFileType_TENSOR_AXIS_LABELS: return AssociatedFile::Kind::kAxisLabels;
    case wire::AssociatedFileType_TENSOR_VALUE_LABELS: return AssociatedFile::Kind::kValueLabels;
    default: return AssociatedFile::Kind::kOther;
  }
}

using WireFiles = flatbuffers::Vector<flatbuffers::Offset<wire::AssociatedFile>>;
using WireTensors = flatbuffers::Vector<flatbuffers::Offset<wire::TensorMetadata>>;

void AddFiles(const WireFiles* files, std::vector<AssociatedFile>& list) {
  if (files == nullptr) return;
  for (const wire::AssociatedFile* file : *files) {
    list.push_back({Text(file->name()), Text(file->description()), KindOf(file->type()), Text(file->locale())});
  }
}

std::vector<TensorMetadata> Tensors(const WireTensors* tensors) {
  std::vector<TensorMetadata> list;
  if (tensors == nullptr) return list;
  for (const wire::TensorMetadata* tensor : *tensors) {
    list.push_back({Text(tensor->name()), Text(tensor->description()), {}});
    AddFiles(tensor->associated_files(), list.back().files);
  }
  return list;
}

ModelMetadata Import(const wire::ModelMetadata& model) {
  ModelMetadata result{.name = Text(model.name()),
                       .description = Text(model.description()),
                       .version = Text(model.version()),
                       .author = Text(model.author()),
                       .license = Text(model.license()),
                       .inputs = {},
                       .outputs = {},
                       .files = {}};
  AddFiles(model.associated_files(), result.files);
  if (model.subgraph_metadata() == nullptr || model.subgraph_metadata()->size() == 0) return result;
  const wire::SubGraphMetadata* main = model.subgraph_metadata()->Get(0);
  result.inputs = Tensors(main->input_tensor_metadata());
  result.outputs = Tensors(main->output_tensor_metadata());
  AddFiles(main->associated_files(), result.files);
  return result;
}

}  // namespace

Result<ModelMetadata> ReadMetadata(const Model& model) {
  const std::vector<Metadata>& entries = model.program().metadata;
  const auto entry = std::ranges::find(entries, kBufferName, &Metadata::name);
  if (entry == entries.end()) return NotFound(StrCat(model.name(), ": there is no metadata"));
  // A copy is aligned as the accessors need it; in the file it may lie anywhere.
  const std::vector<std::byte> bytes(entry->data.begin(), entry->data.end());
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size(), kMaxDepth, kMaxTables);
  if (bytes.size() < sizeof(flatbuffers::uoffset_t) * 2 || !wire::VerifyModelMetadataBuffer(verifier)) {
    return InvalidArgument(StrCat(model.name(), ": the metadata is broken"));
  }
  return Import(*wire::GetModelMetadata(data));
}

const AssociatedFile* LabelFileOf(const TensorMetadata& tensor) {
  const AssociatedFile* found = nullptr;
  for (const AssociatedFile& file : tensor.files) {
    if (file.kind == AssociatedFile::Kind::kOther) continue;
    if (file.locale.empty()) return &file;
    if (found == nullptr) found = &file;
  }
  return found;
}

}  // namespace tfld::engine
