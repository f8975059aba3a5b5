#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/files.h"
#include "client/ctl/finite_number.h"
#include "client/ctl/infer_inputs.h"
#include "client/ctl/infer_outputs.h"
#include "client/ctl/input_option.h"
#include "client/ctl/text.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::string version;
  std::vector<std::string> inputs;
  std::string output_dir;
  std::string labels_file;
  std::uint64_t seed = 0;
  double timeout_ms = 0;
};

// One a line.
Result<std::vector<std::string>> ReadLabels(const std::string& path) {
  std::vector<std::string> labels;
  if (path.empty()) return labels;
  TFLD_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) labels.push_back(line);
  return labels;
}

Status Infer(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::string> labels, ReadLabels(options.labels_file));
  ClientOptions client_options;
  client_options.runtime_dir = context.runtime_dir();
  TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(client_options));
  TFLD_ASSIGN_OR_RETURN(Binding binding, client.Bind(options.model, options.version));
  TFLD_RETURN_IF_ERROR(FillInputs(options.inputs, options.seed, binding));
  InferOptions infer;
  if (options.timeout_ms > 0) {
    infer.timeout = std::chrono::microseconds(static_cast<std::int64_t>(options.timeout_ms * 1e3));
  }

  const auto start = std::chrono::steady_clock::now();
  TFLD_RETURN_IF_ERROR(binding.Infer(infer));
  const std::chrono::duration<double, std::micro> elapsed = std::chrono::steady_clock::now() - start;

  TFLD_ASSIGN_OR_RETURN(const std::vector<InferOutput> outputs, ReadOutputs(binding));
  if (!options.output_dir.empty()) TFLD_RETURN_IF_ERROR(SaveOutputs(outputs, options.output_dir));
  if (context.json()) {
    Json list = Json::array();
    for (const InferOutput& output : outputs) list.push_back(ToJson(output, labels));
    context.PrintJson({{"model", options.model},
                       {"version", binding.version()},
                       {"latency_us", elapsed.count()},
                       {"outputs", std::move(list)}});
    return {};
  }
  context.Print(StrCat(options.model, " version ", binding.version(), ", ", DurationText(elapsed.count()), "\n"));
  for (const InferOutput& output : outputs) context.Print(OutputText(output, labels));
  return {};
}

}  // namespace

void AddInfer(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("infer", "Run one inference and show the outputs");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--version", options->version, "Its version or a label; the active one if not given")
      ->type_name("VERSION");
  AddInputOption(*command, options->inputs);
  command->add_option("--output-dir", options->output_dir, "Write each output there as NAME.npy")->type_name("DIR");
  command->add_option("--labels", options->labels_file, "Names of the classes, one a line")->type_name("FILE");
  command->add_option("--seed", options->seed, "For inputs that are not given: they are random")
      ->check(WholeNumber())
      ->type_name("S");
  command->add_option("--timeout", options->timeout_ms, "Deadline in milliseconds")
      ->check(FiniteNumber(0, 1e9))
      ->type_name("MS");
  command->footer(
      "Shows each output's type, shape, range and its five greatest elements. Raw bytes of strings: before each its "
      "length,\n"
      "in 4 bytes, little-endian.");
  command->callback([&action, options] { action = [options](Context& context) { return Infer(*options, context); }; });
}

}  // namespace tfld::ctl
