// tfld-model run
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/golden/golden.h"
#include "engine/golden/npy.h"
#include "engine/golden/read_file.h"
#include "engine/golden/run_step.h"
#include "engine/metadata/model_metadata.h"
#include "engine/runtime/executable_impl.h"
#include "engine/tools/classifier.h"
#include "engine/tools/commands.h"
#include "engine/tools/engine_options.h"
#include "engine/tools/load_input.h"
#include "engine/tools/table.h"
#include "engine/tools/tensor_values.h"
#include "tfld/labels.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kClassesShown = 5;
constexpr std::size_t kValuesShown = 10;

struct Options {
  std::string model;
  EngineOptions engine;
  std::vector<std::string> inputs;
  std::string golden;
  std::string output_dir;
  std::string signature;
  std::string labels_file;
  bool with_labels = false;  // without a file: the model's own
  std::uint64_t seed = 1;
  std::string range = "signed";
};

PixelRange RangeOf(const std::string& name) {
  return name == "unit" ? PixelRange::kUnit : name == "bytes" ? PixelRange::kBytes : PixelRange::kSigned;
}

// Everything that printing and writing of one run's outputs needs.
struct Outputs {
  const LoadedModel& loaded;
  const std::vector<std::string>& labels;  // empty: the model's own
  int entry_point = 0;
};

void PrintClasses(const std::vector<double>& scores, const std::vector<std::string>& labels) {
  Table table({">class", ">score", "label"});
  for (const RankedClass& best : BestClasses(scores, kClassesShown)) {
    const auto index = static_cast<std::size_t>(best.index);
    table.AddRow({StrCat(best.index), Fixed(best.score, 5), index < labels.size() ? labels[index] : ""});
  }
  table.Print(std::cout, "    ");
}

// For an output that holds classes, as detectors have.
void PrintNamedValues(const std::vector<double>& values, const std::vector<std::string>& labels) {
  Table table({">value", "label"});
  for (std::size_t i = 0; i < std::min(values.size(), kValuesShown); ++i) {
    const double value = values[i];
    const bool is_class = value >= 0.0 && value < static_cast<double>(labels.size()) && value == std::floor(value);
    table.AddRow({StrCat(static_cast<float>(value)), is_class ? labels[static_cast<std::size_t>(value)] : ""});
  }
  table.Print(std::cout, "    ");
}

// Labels that the model has of an output of its main graph, and whether they name the values that stand in it.
struct OwnLabels {
  std::vector<std::string> labels;
  bool of_values = false;
};

OwnLabels OwnLabelsOf(const Model& model, const EntryValues& entry, ValueId output) {
  const std::vector<ValueId>& outputs = model.program().graphs[0].outputs;
  const auto position = std::ranges::find(outputs, output) - outputs.begin();
  if (entry.graph != 0 || position == std::ssize(outputs)) return {};
  auto labels = ReadLabels(model, static_cast<int>(position));
  if (!labels.ok()) return {};
  const auto metadata = ReadMetadata(model);
  const AssociatedFile* file = LabelFileOf(metadata->outputs[static_cast<std::size_t>(position)]);
  return {std::move(labels).value(), file->kind == AssociatedFile::Kind::kValueLabels};
}

void PrintOutput(const Outputs& outputs, int index) {
  const auto point = static_cast<std::size_t>(outputs.entry_point);
  const TensorInfo& info = outputs.loaded.executable->entry_points()[point].outputs[static_cast<std::size_t>(index)];
  const TensorView view = outputs.loaded.session->Output(index, outputs.entry_point);
  std::cout << "  " << Printable(info.name) << "  " << ElementTypeName(view.type) << ' ' << view.shape.ToString();
  const auto values = RealValues(view, info.quantization);
  if (!values.ok() || values->empty()) {
    std::cout << '\n';
    return;
  }
  const auto [least, greatest] = std::ranges::minmax(*values);
  std::cout << "  from " << static_cast<float>(least) << " to " << static_cast<float>(greatest) << '\n';
  const Executable::Impl& impl = outputs.loaded.executable->impl();
  const EntryValues& entry = impl.entry_points.values[point];
  const Graph& graph = impl.plan->graphs[static_cast<std::size_t>(entry.graph)].graph;
  const ValueId output = entry.outputs[static_cast<std::size_t>(index)];
  if (!outputs.labels.empty()) return PrintClasses(*values, outputs.labels);
  const OwnLabels own = OwnLabelsOf(*outputs.loaded.model, entry, output);
  if (own.of_values) return PrintNamedValues(*values, own.labels);
  if (!own.labels.empty() || IsClassifierOutput(graph, output)) PrintClasses(*values, own.labels);
}

Status WriteOutput(const Options& options, const TensorView& view, const std::string& name) {
  if (options.output_dir.empty()) return {};
  const std::filesystem::path path = std::filesystem::path(options.output_dir) / name;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return ErrnoStatus(error.value(), StrCat("cannot create ", path.parent_path().string()));
  return WriteNpy(path.string(), view.type, view.shape, view.bytes);
}

Status RunGolden(const Options& options, const LoadedModel& loaded, const std::vector<std::string>& labels) {
  TFLD_ASSIGN_OR_RETURN(const Golden golden, LoadGolden(options.golden));
  for (std::size_t i = 0; i < golden.steps.size(); ++i) {
    const GoldenStep& step = golden.steps[i];
    TFLD_ASSIGN_OR_RETURN(const StepBinding binding, BindStep(*loaded.executable, step));
    TFLD_RETURN_IF_ERROR(RunStep(*loaded.session, step, binding));
    if (golden.steps.size() > 1) std::cout << "step " << i << '\n';
    for (std::size_t k = 0; k < binding.outputs.size(); ++k) {
      PrintOutput({loaded, labels, binding.entry_point}, binding.outputs[k]);
      const TensorView view = loaded.session->Output(binding.outputs[k], binding.entry_point);
      TFLD_RETURN_IF_ERROR(WriteOutput(options, view, step.outputs[k].file));
    }
  }
  return {};
}

Result<int> FindSignature(const Executable& executable, const std::string& key) {
  std::string keys;
  if (key.empty()) return 0;
  for (std::size_t i = 0; i < executable.entry_points().size(); ++i) {
    const std::string& candidate = executable.entry_points()[i].key;
    if (candidate == key) return static_cast<int>(i);
    if (!candidate.empty()) keys += StrCat(keys.empty() ? "" : ", ", candidate);
  }
  return InvalidArgument(StrCat("the model has no signature \"", key, "\"; it has ", keys.empty() ? "none" : keys));
}

Status RunOnce(const Options& options, const LoadedModel& loaded, const std::vector<std::string>& labels) {
  TFLD_ASSIGN_OR_RETURN(const int entry_point, FindSignature(*loaded.executable, options.signature));
  const EntryPoint& point = loaded.executable->entry_points()[static_cast<std::size_t>(entry_point)];
  std::vector<InputFile> files;
  for (const std::string& text : options.inputs) {
    TFLD_ASSIGN_OR_RETURN(InputFile file, ParseInputOption(text, point.inputs));
    files.push_back(std::move(file));
  }
  const InputOptions input_options{entry_point, options.seed, RangeOf(options.range)};
  TFLD_RETURN_IF_ERROR(FillInputs(*loaded.session, point.inputs, files, input_options));
  TFLD_RETURN_IF_ERROR(loaded.session->Run(entry_point));
  for (int i = 0; i < static_cast<int>(point.outputs.size()); ++i) {
    PrintOutput({loaded, labels, entry_point}, i);
    TFLD_RETURN_IF_ERROR(WriteOutput(options, loaded.session->Output(i, entry_point), StrCat("output", i, ".npy")));
  }
  return {};
}

// Asked for the model's own labels, it is an error that there are none.
Status RequireLabels(const Model& model) {
  for (int i = 0; i < static_cast<int>(model.program().graphs[0].outputs.size()); ++i) {
    const auto labels = ReadLabels(model, i);
    if (labels.ok() || labels.status().code() != StatusCode::kNotFound) return labels.status();
  }
  return NotFound(StrCat(model.name(), ": the model has no labels of its own; --labels FILE gives it some"));
}

int RunCommand(Options options) {
  // The file may be left out, so that the word behind --labels can be the model.
  if (options.model.empty()) options.model = std::exchange(options.labels_file, "");
  if (options.model.empty()) throw CLI::RequiredError("MODEL");
  std::vector<std::string> labels;
  if (!options.labels_file.empty()) {
    auto read = ReadLabels(options.labels_file);
    if (!read.ok()) return Fail(read.status());
    labels = std::move(read).value();
  }
  const auto loaded = LoadModel(options.model, options.engine);
  if (!loaded.ok()) return Fail(loaded.status());
  if (options.with_labels && options.labels_file.empty()) {
    if (const Status status = RequireLabels(*loaded->model); !status.ok()) return Fail(status);
  }
  const Status status =
      options.golden.empty() ? RunOnce(options, *loaded, labels) : RunGolden(options, *loaded, labels);
  return status.ok() ? kExitDone : Fail(status);
}

}  // namespace

void AddRunCommand(CLI::App& program, int& exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("run", "One inference; prints each output's shape, range and best classes.");
  command->add_option("MODEL", options->model, "a .tflite file")->type_name("FILE");
  auto* inputs = command
                     ->add_option("--input", options->inputs,
                                  "NAME=FILE, or INDEX=FILE: a .npy file, raw bytes (.bin) or a picture, which is "
                                  "resized and converted; inputs not given are random")
                     ->type_name("NAME=FILE")
                     ->allow_extra_args(false);
  command->add_option("--golden", options->golden, "take the inputs of every step of DIR/golden.json, in one session")
      ->type_name("DIR")
      ->excludes(inputs);
  command->add_option("--output-dir", options->output_dir,
                      "write the outputs as .npy: under the golden's own names, else as output0.npy ...");
  command->add_option("--signature", options->signature, "run this signature instead of the main graph");
  command->add_option("--seed", options->seed, "of random inputs")->capture_default_str();
  auto* labels =
      command
          ->add_option("--labels", options->labels_file,
                       "names of the classes, one a line; without a file those in the model's metadata, which "
                       "are shown anyway where it has some")
          ->type_name("FILE")
          ->expected(0, 1);
  command
      ->add_option("--image-range", options->range,
                   "a picture's pixels in a float input: signed (-1 to 1), unit (0 to 1), bytes (0 to 255)")
      ->check(CLI::IsMember({"signed", "unit", "bytes"}))
      ->capture_default_str();
  AddEngineOptions(*command, options->engine);
  command->callback([options, labels, &exit_status] {
    options->with_labels = labels->count() > 0;
    exit_status = RunCommand(*options);
  });
}

}  // namespace tfld::engine
