#include "engine/runtime/entry_points.h"

#include <algorithm>
#include <string_view>

#include "engine/base/str_cat.h"
#include "engine/graph/printer.h"

namespace tfld::engine {
namespace {

// With -1 where the size is open; all of a shape that comes out of the run is.
std::vector<std::int32_t> OpenShape(const Value& value) {
  if (!value.is_dynamic || !value.shape_signature.empty()) return value.shape_signature;
  return std::vector<std::int32_t>(static_cast<std::size_t>(value.shape.rank()), -1);
}

TensorInfo Describe(const Value& value, std::string name) {
  return {.name = std::move(name),
          .tensor_name = value.name,
          .type = value.type,
          .shape = value.shape,
          .shape_signature = OpenShape(value),
          .quantization = *value.quantization};
}

// Requests name tensors, so names are there and differ.
void CompleteNames(std::vector<TensorInfo>& infos, std::string_view prefix) {
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const auto taken = [&](const TensorInfo& other) { return &other != &infos[i] && other.name == infos[i].name; };
    if (infos[i].name.empty()) infos[i].name = StrCat(prefix, "_", i);
    if (std::any_of(infos.begin(), infos.begin() + static_cast<std::ptrdiff_t>(i), taken))
      infos[i].name += StrCat("_", i);
  }
}

const std::string* FindName(const std::vector<Signature::Entry>& entries, ValueId id) {
  const auto found = std::ranges::find(entries, id, &Signature::Entry::value);
  return found == entries.end() ? nullptr : &found->name;
}

std::vector<TensorInfo> DescribeAll(const Graph& graph, const std::vector<ValueId>& ids,
                                    const std::vector<Signature::Entry>* names, std::string_view prefix) {
  std::vector<TensorInfo> infos;
  for (const ValueId id : ids) {
    const std::string* name = names == nullptr ? nullptr : FindName(*names, id);
    infos.push_back(Describe(graph.value(id), name != nullptr ? *name : graph.value(id).name));
  }
  CompleteNames(infos, prefix);
  return infos;
}

// The signature that names all inputs and outputs of the main graph, or null.
const Signature* MainSignature(const Program& program) {
  const Graph& graph = program.graphs[0];
  for (const Signature& signature : program.signatures) {
    const auto named_in = [](const std::vector<Signature::Entry>& entries) {
      return [&entries](ValueId id) { return FindName(entries, id) != nullptr; };
    };
    if (signature.graph == 0 && std::ranges::all_of(graph.inputs, named_in(signature.inputs)) &&
        std::ranges::all_of(graph.outputs, named_in(signature.outputs))) {
      return &signature;
    }
  }
  return nullptr;
}

void AddEntry(const Graph& graph, const std::string& key, EntryValues values, const Signature* names,
              EntryPoints& out) {
  out.infos.push_back({.key = key,
                       .inputs = DescribeAll(graph, values.inputs, names ? &names->inputs : nullptr, "input"),
                       .outputs = DescribeAll(graph, values.outputs, names ? &names->outputs : nullptr, "output")});
  out.values.push_back(std::move(values));
}

}  // namespace

Result<EntryPoints> MakeEntryPoints(const Program& program, const std::vector<const Graph*>& graphs) {
  EntryPoints out;
  const Graph& main = *graphs[0];
  const Signature* main_signature = MainSignature(program);
  AddEntry(main, main_signature != nullptr ? main_signature->key : "", {0, main.inputs, main.outputs}, main_signature,
           out);
  for (const Signature& signature : program.signatures) {
    const Graph& graph = *graphs[static_cast<std::size_t>(signature.graph)];
    EntryValues values{.graph = signature.graph, .inputs = {}, .outputs = {}};
    for (const Signature::Entry& entry : signature.inputs) {
      if (std::ranges::find(graph.inputs, entry.value) == graph.inputs.end()) {
        return InvalidArgument(StrCat("signature \"", signature.key, "\": input \"", entry.name, "\" is ",
                                      DescribeValue(graph, entry.value), ", which is no input of its graph"));
      }
      values.inputs.push_back(entry.value);
    }
    for (const Signature::Entry& entry : signature.outputs) values.outputs.push_back(entry.value);
    AddEntry(graph, signature.key, std::move(values), &signature, out);
  }
  return out;
}

}  // namespace tfld::engine
