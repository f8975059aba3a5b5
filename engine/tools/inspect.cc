// tfld-model inspect
#include <CLI/CLI.hpp>
#include <compare>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/graph_drawing.h"
#include "engine/tools/inspection.h"
#include "engine/tools/json_output.h"
#include "engine/tools/metadata_output.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  EngineOptions engine;
  bool json = false;
  std::string graph;  // "text", "dot" or empty
};

// What nodes have in common that stand in one line.
struct GroupKey {
  std::string op;
  int version = 1;
  std::string types;
  std::string kernel;
  std::string reason;
  bool unsupported = false;

  auto operator<=>(const GroupKey&) const = default;
};

struct OperatorGroup {
  int count = 0;
  double operations = 0.0;
};

// The reason without "node 3 (SVDF) version 1: ", so that nodes with the same reason fall together.
std::string ReasonOf(const NodeReport& node) {
  const std::string where = StrCat("node ", node.node, " (", node.op, ") version ", node.version, ": ");
  return node.reason.starts_with(where) ? node.reason.substr(where.size()) : node.reason;
}

std::map<GroupKey, OperatorGroup> GroupOperators(const Inspection& inspection) {
  std::map<GroupKey, OperatorGroup> groups;
  for (const NodeReport& node : inspection.nodes) {
    OperatorGroup& group = groups[{node.op, node.version, node.types, node.kernel, ReasonOf(node), node.unsupported}];
    ++group.count;
    group.operations += node.operations;
  }
  return groups;
}

Json TensorsToJson(const std::vector<TensorInfo>& infos) {
  Json list = Json::array();
  for (const TensorInfo& info : infos) list.push_back(ToJson(info));
  return list;
}

Json OperatorsToJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const auto& [key, group] : GroupOperators(inspection)) {
    Json entry = {{"operator", key.op},           {"version", key.version}, {"types", key.types},
                  {"count", group.count},         {"kernel", key.kernel},   {"operations", group.operations},
                  {"supported", !key.unsupported}};
    if (!key.reason.empty()) entry["reason"] = key.reason;
    list.push_back(std::move(entry));
  }
  return list;
}

Json UnsupportedToJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const NodeReport& node : inspection.nodes) {
    if (!node.unsupported) continue;
    list.push_back({{"graph", node.graph}, {"node", node.node}, {"operator", node.op}, {"reason", node.reason}});
  }
  return list;
}

// What became of the memory plan that the model brings along; empty when it has none.
std::string OfflinePlanNote(const Plan& plan) {
  if (!plan.offline_fault.empty()) return StrCat("the model's memory plan is not used: ", plan.offline_fault);
  if (plan.offline_buffers == 0) return "";
  return StrCat(plan.offline_buffers, " buffers lie where the model's memory plan wants them");
}

Json ToDocument(const Options& options, const Model& model, const Inspection& inspection) {
  Json signatures = Json::array();
  for (std::size_t i = 1; i < inspection.entry_points.size(); ++i) {
    const EntryPoint& point = inspection.entry_points[i];
    signatures.push_back(
        {{"key", point.key}, {"inputs", TensorsToJson(point.inputs)}, {"outputs", TensorsToJson(point.outputs)}});
  }
  Json document = {{"model", options.model},
                   {"description", inspection.description},
                   {"backend", options.engine.backend},
                   {"supported", inspection.status.ok()},
                   {"file_kib", ToKib(model.file_bytes())},
                   {"inputs", TensorsToJson(inspection.entry_points[0].inputs)},
                   {"outputs", TensorsToJson(inspection.entry_points[0].outputs)},
                   {"signatures", std::move(signatures)},
                   {"operators", OperatorsToJson(inspection)},
                   {"parameters", inspection.parameters},
                   {"operations", inspection.operations}};
  if (Json metadata = MetadataToJson(model); !metadata.is_null()) document["metadata"] = std::move(metadata);
  if (inspection.status.ok()) {
    document["weights_kib"] = ToKib(inspection.memory.weight_bytes);
    document["packed_kib"] = ToKib(inspection.memory.packed_bytes);
    document["arena_kib"] = ToKib(inspection.memory.arena_bytes);
    if (const std::string note = OfflinePlanNote(*inspection.plan); !note.empty()) document["memory_plan"] = note;
  } else {
    document["reason"] = inspection.status.message();
    document["unsupported"] = UnsupportedToJson(inspection);
  }
  return document;
}

std::string QuantizationText(const Quantization& quantization) {
  if (quantization.empty()) return "";
  if (quantization.per_channel()) return StrCat(quantization.scales.size(), " scales along axis ", quantization.axis);
  return StrCat("scale ", quantization.scales[0], ", zero point ", quantization.zero_points[0]);
}

void PrintTensors(std::string_view title, const std::vector<TensorInfo>& infos) {
  std::cout << title << '\n';
  Table table({"", "name", "type", "shape", "quantization"});
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const TensorInfo& info = infos[i];
    table.AddRow({StrCat(i), info.name, std::string(ElementTypeName(info.type)), info.shape.ToString(),
                  QuantizationText(info.quantization)});
  }
  table.Print(std::cout, "  ");
}

void PrintOperators(const Inspection& inspection) {
  std::cout << "operators\n";
  Table table({"operator", ">version", ">nodes", "types", ">operations", "runs as"});
  for (const auto& [key, group] : GroupOperators(inspection)) {
    const std::string fate = key.unsupported ? "UNSUPPORTED: " + key.reason : key.kernel + key.reason;
    table.AddRow({key.op, StrCat(key.version), StrCat(group.count), key.types, Scaled(group.operations), fate});
  }
  table.Print(std::cout, "  ");
}

void PrintText(const Options& options, const Model& model, const Inspection& inspection) {
  std::cout << Printable(options.model) << ": " << Kib(model.file_bytes());
  if (!inspection.description.empty()) std::cout << ", " << Printable(inspection.description);
  std::cout << '\n';
  PrintTensors("inputs", inspection.entry_points[0].inputs);
  PrintTensors("outputs", inspection.entry_points[0].outputs);
  for (std::size_t i = 1; i < inspection.entry_points.size(); ++i) {
    const EntryPoint& point = inspection.entry_points[i];
    PrintTensors(StrCat("signature ", Printable(point.key), ", inputs"), point.inputs);
    PrintTensors(StrCat("signature ", Printable(point.key), ", outputs"), point.outputs);
  }
  PrintMetadata(model);
  PrintOperators(inspection);
  std::cout << "parameters " << Scaled(inspection.parameters) << ", operations " << Scaled(inspection.operations)
            << '\n';
  if (inspection.status.ok()) {
    std::cout << "weights " << Kib(inspection.memory.weight_bytes) << ", packed " << Kib(inspection.memory.packed_bytes)
              << ", arena " << Kib(inspection.memory.arena_bytes) << " a session (backend " << options.engine.backend
              << ")\n";
    if (const std::string note = OfflinePlanNote(*inspection.plan); !note.empty()) std::cout << note << '\n';
  } else {
    std::cout << "CANNOT BE EXECUTED (backend " << options.engine.backend << "): " << inspection.status.message()
              << '\n';
  }
}

bool IsDrawing(const std::string& graph) { return graph == "text" || graph == "dot"; }

std::string Draw(const Options& options, const Inspection& inspection) {
  if (options.graph.empty()) return "";
  return options.graph == "dot" ? DrawDot(inspection, options.model) : DrawText(inspection);
}

int RunInspect(Options options) {
  // The drawing's kind may be left out, so that the word behind --graph can be the model.
  if (options.model.empty() && !IsDrawing(options.graph)) options.model = std::exchange(options.graph, "text");
  if (options.model.empty()) throw CLI::RequiredError("MODEL");
  if (!options.graph.empty() && !IsDrawing(options.graph)) {
    throw CLI::ValidationError("--graph", options.graph + " is none of text and dot");
  }
  const auto model = Model::FromFile(options.model);
  if (!model.ok()) return Fail(model.status());
  const auto inspection = Inspect(**model, options.engine.ToExecutableOptions());
  if (!inspection.ok()) return Fail(inspection.status());
  const std::string drawing = Draw(options, *inspection);
  if (options.json) {
    Json document = ToDocument(options, **model, *inspection);
    if (!drawing.empty()) document["graph"] = drawing;
    PrintJson(document);
    return kExitDone;
  }
  // A DOT file stands alone, so that Graphviz can read it from a pipe.
  if (options.graph != "dot") PrintText(options, **model, *inspection);
  std::cout << drawing;
  return kExitDone;
}

}  // namespace

void AddInspectCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "inspect",
      "Inputs, outputs, signatures, operators and where they would run, memory; what is unsupported and why.");
  command->add_option("MODEL", options->model, "a .tflite file")->type_name("FILE");
  command->add_flag("--json", options->json, "print one JSON document");
  command
      ->add_option("--graph", options->graph,
                   "draw every node: text (the default) or dot, which is all that is printed")
      ->type_name("text|dot")
      ->expected(0, 1)
      ->default_str("text");
  AddEngineOptions(*command, options->engine);
  command->callback([options, &exit_status] { exit_status = RunInspect(*options); });
}

}  // namespace tfld::engine
