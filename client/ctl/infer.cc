#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/elements.h"
#include "client/ctl/files.h"
#include "client/ctl/infer_inputs.h"
#include "client/ctl/npy.h"
#include "client/ctl/text.h"
#include "client/src/tensor_size.h"
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

// One output, read once.
struct Output {
  TensorInfo info;  // with the shape of the answer
  std::span<const std::byte> bytes;
  std::vector<double> numbers;
};

Result<std::vector<Output>> ReadOutputs(const Binding& binding) {
  std::vector<Output> outputs;
  for (std::size_t i = 0; i < binding.outputs().size(); ++i) {
    Output output{binding.outputs()[i], {}, {}};
    output.info.shape = binding.OutputShape(i);
    TFLD_ASSIGN_OR_RETURN(output.bytes, binding.OutputBytes(i));
    output.numbers = ToNumbers(output.info.type, output.bytes);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

Result<std::vector<std::string>> ReadLabels(const std::string& path) {
  std::vector<std::string> labels;
  if (path.empty()) return labels;
  TFLD_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) labels.push_back(line);
  return labels;
}

// The indexes of the five greatest, the greatest first.
std::vector<std::size_t> TopFive(const std::vector<double>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min<std::size_t>(5, order.size());
  const auto greater = [&](std::size_t a, std::size_t b) {
    return numbers[a] != numbers[b] ? numbers[a] > numbers[b] : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), greater);
  order.resize(count);
  return order;
}

std::string NumberText(const Output& output, double number) {
  const bool floating = output.info.type == DataType::kFloat32 || output.info.type == DataType::kFloat64;
  return PlainNumber(number, floating ? 6 : 0);
}

std::string LabelOf(std::size_t index, const std::vector<std::string>& labels) {
  return index < labels.size() ? labels[index] : std::string();
}

void PrintOutput(const Output& output, const std::vector<std::string>& labels, const Context& context) {
  context.Print(
      StrCat(output.info.name, ": ", DataTypeName(output.info.type), " ", client::ShapeText(output.info.shape)));
  if (output.numbers.empty()) {
    context.Print("\n");
    return;
  }
  const auto [least, greatest] = std::minmax_element(output.numbers.begin(), output.numbers.end());
  context.Print(StrCat(", ", NumberText(output, *least), " to ", NumberText(output, *greatest), "\n"));
  for (const std::size_t index : TopFive(output.numbers)) {
    const std::string label = LabelOf(index, labels);
    context.Print(
        StrCat("  [", index, "] ", NumberText(output, output.numbers[index]), label.empty() ? "" : "  ", label, "\n"));
  }
}

Json ToJson(const Output& output, const std::vector<std::string>& labels) {
  Json top = Json::array();
  for (const std::size_t index : TopFive(output.numbers)) {
    Json entry = {{"index", index}, {"value", output.numbers[index]}};
    if (const std::string label = LabelOf(index, labels); !label.empty()) entry["label"] = label;
    top.push_back(std::move(entry));
  }
  constexpr std::size_t kMostShown = 4096;
  return {{"name", output.info.name},
          {"datatype", DataTypeName(output.info.type)},
          {"shape", output.info.shape},
          {"data", output.numbers.size() <= kMostShown ? Json(output.numbers) : Json()},
          {"top", std::move(top)}};
}

// As .npy; raw where NumPy has no such type. Names that are no file names are made so.
Status SaveOutputs(const std::vector<Output>& outputs, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return ErrnoStatus(error.value(), StrCat("cannot make ", directory));
  for (const Output& output : outputs) {
    std::string name = output.info.name;
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return c == '/' || c == ':' || c < ' '; }, '_');
    const Result<std::string> npy = FormatNpy(output.info.type, output.info.shape, output.bytes);
    const std::string stem = StrCat(directory, "/", name.empty() || name[0] == '.' ? "_" : "", name);
    TFLD_RETURN_IF_ERROR(npy.ok() ? WriteFile(stem + ".npy", std::as_bytes(std::span(*npy)))
                                  : WriteFile(stem + ".bin", output.bytes));
  }
  return {};
}

Status Infer(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::string> labels, ReadLabels(options.labels_file));
  ClientOptions client_options;
  client_options.runtime_dir = context.runtime_dir();
  TFLD_ASSIGN_OR_RETURN(const Client client, Client::Connect(client_options));
  TFLD_ASSIGN_OR_RETURN(Binding binding, client.Bind(options.model, options.version));
  TFLD_RETURN_IF_ERROR(FillInputs(options.inputs, options.seed, binding));
  InferOptions infer;
  if (options.timeout_ms > 0)
    infer.timeout = std::chrono::nanoseconds(static_cast<std::int64_t>(options.timeout_ms * 1e6));

  const auto start = std::chrono::steady_clock::now();
  TFLD_RETURN_IF_ERROR(binding.Infer(infer));
  const std::chrono::duration<double, std::micro> elapsed = std::chrono::steady_clock::now() - start;

  TFLD_ASSIGN_OR_RETURN(const std::vector<Output> outputs, ReadOutputs(binding));
  if (!options.output_dir.empty()) TFLD_RETURN_IF_ERROR(SaveOutputs(outputs, options.output_dir));
  if (context.json()) {
    Json list = Json::array();
    for (const Output& output : outputs) list.push_back(ToJson(output, labels));
    context.PrintJson({{"model", options.model},
                       {"version", binding.version()},
                       {"latency_us", elapsed.count()},
                       {"outputs", std::move(list)}});
    return {};
  }
  context.Print(StrCat(options.model, " version ", binding.version(), ", ", DurationText(elapsed.count()), "\n"));
  for (const Output& output : outputs) PrintOutput(output, labels, context);
  return {};
}

}  // namespace

void AddInfer(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("infer", "Run one inference and show the outputs");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--version", options->version, "Its version; the active one if not given")->type_name("N");
  command->add_option("--input", options->inputs, "An input, by name or index, from a .npy file or raw bytes")
      ->type_name("NAME=FILE");
  command->add_option("--output-dir", options->output_dir, "Write each output there as NAME.npy")->type_name("DIR");
  command->add_option("--labels", options->labels_file, "Names of the classes, one a line")->type_name("FILE");
  command->add_option("--seed", options->seed, "For inputs that are not given: they are random")->type_name("S");
  command->add_option("--timeout", options->timeout_ms, "Deadline in milliseconds")->type_name("MS");
  command->footer("Shows each output's type, shape, range and its five greatest elements.");
  command->callback([&action, options] { action = [options](Context& context) { return Infer(*options, context); }; });
}

}  // namespace tfld::ctl
