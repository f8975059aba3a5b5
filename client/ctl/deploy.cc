#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/package_source.h"
#include "client/ctl/progress_bar.h"
#include "client/ctl/sha256.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr char kFooter[] = R"(
FILE is a .tflite model, a package (see tfld-ctl package), or a directory with model.tflite and, as wanted,
manifest.json and golden/. Returns when the version serves, or with the reason why it does not; then nothing
has changed, and the version before it serves on.)";

struct Options {
  std::string model;
  std::string file;
  std::string golden_dir;
  std::optional<std::uint64_t> version;
  bool stage_only = false;
};

// What the daemon says on the way: lines for people, a list for scripts.
class Journal {
 public:
  Journal(ProgressBar& bar, bool collects) : bar_(bar), collects_(collects), start_(std::chrono::steady_clock::now()) {}

  void Add(const v1::DeployEvent& event) {
    const std::string state = StateName(event.state());
    bar_.Show(StrCat(state, " ", event.detail()));
    if (!collects_) return;
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start_;
    events_.push_back({{"state", state}, {"detail", event.detail()}, {"ms", elapsed.count()}});
  }

  const nlohmann::ordered_json& events() const { return events_; }

 private:
  ProgressBar& bar_;
  const bool collects_;
  const std::chrono::steady_clock::time_point start_;
  nlohmann::ordered_json events_ = nlohmann::ordered_json::array();
};

v1::DeployHeader MakeHeader(const Options& options, std::span<const std::byte> bytes) {
  v1::DeployHeader header;
  header.set_model(options.model);
  if (options.version) header.set_version(*options.version);
  header.set_size(bytes.size());
  header.set_sha256(Sha256Hex(bytes));
  header.set_stage_only(options.stage_only);
  return header;
}

Status Deploy(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const PackageSource source, PackageSource::Open(options.file, options.golden_dir));
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  Result<v1::VersionStatus> version = Internal("");
  nlohmann::ordered_json events;
  {
    ProgressBar bar(StrCat("sending ", options.file), source.bytes().size(), !context.json());
    Journal journal(bar, context.json());
    version = admin->Deploy(
        MakeHeader(options, source.bytes()), source.bytes(),
        {[&](std::size_t sent) { bar.Update(sent); }, [&](const v1::DeployEvent& event) { journal.Add(event); }});
    events = journal.events();
  }
  TFLD_RETURN_IF_ERROR(version.status().WithContext(StrCat(options.model, " is not deployed")));
  if (context.json()) {
    context.PrintJson({{"model", options.model}, {"version", ToJson(*version)}, {"events", std::move(events)}});
  } else {
    context.Print(StrCat(options.model, ": version ", version->version(),
                         options.stage_only ? " is stored; activate it with tfld-ctl activate " : " is active",
                         options.stage_only ? StrCat(options.model, " ", version->version()) : "", "\n"));
  }
  return {};
}

}  // namespace

void AddDeploy(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("deploy", "Send a model, verify it, warm it up, and let it serve");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model's name in the daemon")->required();
  command->add_option("FILE", options->file, "What to send; see below")->required();
  command->add_option("--version", options->version, "Its version; the next whole number if not given")
      ->check(VersionNumber())
      ->type_name("N");
  command->add_flag("--stage-only", options->stage_only, "Store and verify it, but do not let it serve yet");
  command->add_option("--golden", options->golden_dir, "Golden test that the model must pass (with a .tflite FILE)")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback([&action, options] { action = [options](Context& context) { return Deploy(*options, context); }; });
}

}  // namespace tfld::ctl
