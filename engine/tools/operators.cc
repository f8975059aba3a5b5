// tfld-model operators
#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/kernels/operator.h"
#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/json_output.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

struct Options {
  std::vector<std::string> models;
  std::string cmake_file;
  bool json = false;
};

struct OperatorUse {
  int version = 0;  // the greatest
  int nodes = 0;
  int models = 0;
  bool is_known = false;  // to this build
};
// By name: "CONV_2D", "custom:NAME".
using OperatorUses = std::map<std::string, OperatorUse>;

std::string NameOf(const Node& node) {
  return node.op == OpCode::kCustom ? "custom:" + node.custom_name : std::string(OpCodeName(node.op));
}

void AddUses(const Program& program, OperatorUses& uses) {
  OperatorUses here;
  for (const Graph& graph : program.graphs) {
    for (const Node& node : graph.nodes) {
      OperatorUse& use = here[NameOf(node)];
      use.version = std::max(use.version, node.version);
      ++use.nodes;
      use.is_known = FindOperator(node) != nullptr;
    }
  }
  for (const auto& [name, use] : here) {
    OperatorUse& sum = uses[name];
    sum.version = std::max(sum.version, use.version);
    sum.nodes += use.nodes;
    sum.is_known = use.is_known;
    ++sum.models;
  }
}

// A list that `-DTFLD_OPERATORS=FILE` builds from. Names of custom operators can hold anything: brackets quote them.
std::string ToCMake(const OperatorUses& uses) {
  std::string text = "# Written by tfld-model operators: what a build with TFLD_OPERATORS=<this file> compiles in.\n";
  text += "set(TFLD_OPERATORS_SELECTED";
  for (const auto& [name, use] : uses) {
    const bool is_plain =
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:") == std::string::npos;
    text += is_plain ? StrCat("\n    ", name) : StrCat("\n    [==[", name, "]==]");
  }
  return text + ")\n";
}

Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? Status() : Unavailable(StrCat("cannot write ", path));
}

void PrintText(const OperatorUses& uses) {
  Table table({"operator", ">version", ">nodes", ">models", ""});
  for (const auto& [name, use] : uses) {
    table.AddRow(
        {name, StrCat(use.version), StrCat(use.nodes), StrCat(use.models), use.is_known ? "" : "not in this build"});
  }
  table.Print(std::cout);
}

void PrintDocument(const Options& options, const OperatorUses& uses) {
  nlohmann::ordered_json document = {{"models", options.models}, {"operators", nlohmann::ordered_json::array()}};
  for (const auto& [name, use] : uses) {
    document["operators"].push_back({{"operator", name},
                                     {"version", use.version},
                                     {"nodes", use.nodes},
                                     {"models", use.models},
                                     {"known", use.is_known}});
  }
  PrintJson(document);
}

int RunOperators(const Options& options) {
  OperatorUses uses;
  for (const std::string& path : options.models) {
    const auto model = Model::FromFile(path);
    if (!model.ok()) return Fail(model.status());
    AddUses((*model)->program(), uses);
  }
  if (!options.cmake_file.empty()) {
    if (const Status status = WriteText(options.cmake_file, ToCMake(uses)); !status.ok()) return Fail(status);
  }
  if (options.json) PrintDocument(options, uses);
  if (!options.json) PrintText(uses);
  return kExitDone;
}

}  // namespace

void AddOperatorsCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "operators", "The operators that models use; what a build needs that runs them and nothing else.");
  command->add_option("MODEL", options->models, ".tflite files")->required()->type_name("FILE...");
  command->add_option("--cmake", options->cmake_file,
                      "write the list for `cmake -DTFLD_OPERATORS=FILE`, which compiles in these operators alone");
  command->add_flag("--json", options->json, "print one JSON document");
  command->callback([options, &exit_status] { exit_status = RunOperators(*options); });
}

}  // namespace tfld::engine
