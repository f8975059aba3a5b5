#include "engine/model/importer.h"

#include <map>
#include <string>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/model/buffers.h"
#include "engine/model/subgraph_importer.h"
#include "engine/model/topology.h"
#include "engine/model/verifier.h"

namespace tfld::engine {
namespace {

constexpr std::uint32_t kFormatVersion = 3;

Status CheckCounts(const wire::Model& model, const ImportLimits& limits) {
  if (model.version() != kFormatVersion) {
    return InvalidArgument(StrCat("format version ", model.version(), "; expected ", kFormatVersion));
  }
  if (model.subgraphs() == nullptr || model.subgraphs()->size() == 0)
    return InvalidArgument("the model has no subgraph");
  std::size_t tensors = 0;
  std::size_t nodes = 0;
  for (const wire::SubGraph* subgraph : *model.subgraphs()) {
    if (subgraph->tensors() != nullptr) tensors += subgraph->tensors()->size();
    if (subgraph->operators() != nullptr) nodes += subgraph->operators()->size();
  }
  if (tensors > limits.max_tensors)
    return ResourceExhausted(StrCat(tensors, " tensors; the limit is ", limits.max_tensors));
  if (nodes > limits.max_nodes) return ResourceExhausted(StrCat(nodes, " nodes; the limit is ", limits.max_nodes));
  return {};
}

Result<std::vector<Signature::Entry>> ImportEntries(
    const flatbuffers::Vector<flatbuffers::Offset<wire::TensorMap>>* maps, const Graph& graph) {
  std::vector<Signature::Entry> entries;
  if (maps == nullptr) return entries;
  for (const wire::TensorMap* map : *maps) {
    if (map->tensor_index() >= graph.values.size()) {
      return InvalidArgument(StrCat("tensor ", map->tensor_index(), " does not exist"));
    }
    entries.push_back({map->name() == nullptr ? "" : map->name()->str(), static_cast<ValueId>(map->tensor_index())});
  }
  return entries;
}

Status ImportSignatures(const wire::Model& model, Program& program) {
  if (model.signature_defs() == nullptr) return {};
  for (const wire::SignatureDef* def : *model.signature_defs()) {
    Signature signature;
    if (def->signature_key() != nullptr) signature.key = def->signature_key()->str();
    const std::string where = StrCat("signature \"", signature.key, "\"");
    if (def->subgraph_index() >= program.graphs.size()) {
      return InvalidArgument(StrCat(where, ": subgraph ", def->subgraph_index(), " does not exist"));
    }
    signature.graph = static_cast<int>(def->subgraph_index());
    const Graph& graph = program.graphs[def->subgraph_index()];
    auto inputs = ImportEntries(def->inputs(), graph);
    if (!inputs.ok()) return inputs.status().WithContext(where);
    auto outputs = ImportEntries(def->outputs(), graph);
    if (!outputs.ok()) return outputs.status().WithContext(where);
    signature.inputs = std::move(inputs).value();
    signature.outputs = std::move(outputs).value();
    program.signatures.push_back(std::move(signature));
  }
  return {};
}

Status ImportMetadata(const wire::Model& model, std::span<const std::byte> file, Program& program) {
  if (model.metadata() == nullptr) return {};
  for (const wire::Metadata* entry : *model.metadata()) {
    const std::string name = entry->name() == nullptr ? "" : entry->name()->str();
    if (model.buffers() == nullptr || entry->buffer() >= model.buffers()->size()) {
      return InvalidArgument(StrCat("metadata \"", name, "\": buffer ", entry->buffer(), " does not exist"));
    }
    auto data = BufferBytes(*model.buffers()->Get(entry->buffer()), file);
    if (!data.ok()) return data.status().WithContext(StrCat("metadata \"", name, "\""));
    program.metadata.push_back({name, *data});
  }
  return {};
}

// Gives each distinct variable and hash table its number.
void NumberResources(Program& program) {
  std::map<std::pair<std::string, std::string>, int> numbers;
  std::map<int, int> tables;
  int count = 0;
  for (Graph& graph : program.graphs) {
    for (Node& node : graph.nodes) {
      if (auto* handle = std::get_if<VarHandleAttributes>(&node.attributes)) {
        const auto [entry, is_new] = numbers.try_emplace({handle->container, handle->shared_name}, count);
        handle->resource = entry->second;
        if (is_new) ++count;
      } else if (auto* table = std::get_if<HashtableAttributes>(&node.attributes)) {
        const auto [entry, is_new] = tables.try_emplace(table->table_id, count);
        table->resource = entry->second;
        if (is_new) ++count;
      }
    }
  }
  program.num_resources = count;
}

}  // namespace

Result<std::unique_ptr<Program>> ImportModel(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                             const ImportLimits& limits) {
  TFLD_RETURN_IF_ERROR(VerifyStructure(bytes));
  const wire::Model& model = *wire::GetModel(bytes.data());
  TFLD_RETURN_IF_ERROR(CheckCounts(model, limits));

  auto program = std::make_unique<Program>();
  program->storage.push_back(std::move(owner));
  if (model.description() != nullptr) program->description = model.description()->str();
  const ImportSource source{model, bytes};
  for (int index = 0; index < static_cast<int>(model.subgraphs()->size()); ++index) {
    auto graph = ImportSubGraph(source, index, program->storage);
    if (!graph.ok()) return graph.status().WithContext(StrCat("subgraph ", index));
    program->graphs.push_back(std::move(graph).value());
  }
  TFLD_RETURN_IF_ERROR(CheckTopology(*program));
  TFLD_RETURN_IF_ERROR(ImportSignatures(model, *program));
  TFLD_RETURN_IF_ERROR(ImportMetadata(model, bytes, *program));
  NumberResources(*program);
  return program;
}

}  // namespace tfld::engine
