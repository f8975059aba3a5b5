#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/finite_number.h"
#include "client/ctl/top_view.h"
#include "client/ctl/whole_number.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  double interval = 1;
  bool once = false;
  std::uint64_t count = 0;
};

// On a terminal each look takes the place of the one before; elsewhere they follow each other.
Status Show(const TopView& view, const Options& options, Context& context) {
  if (context.json()) {
    context.PrintJson(ToJson(view));
  } else {
    const bool terminal = ::isatty(STDOUT_FILENO) == 1 && !options.once;
    context.Print((terminal ? "\033[H\033[J" : "") + TopText(view, context.colors()) + (terminal ? "" : "\n"));
  }
  return context.Flush();
}

Status Top(const Options& options, Context& context) {
  if (!options.once) context.UseJsonLines();
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(v1::GetStatsResponse before, admin->GetStats(options.model, true));
  const std::uint64_t count = options.once ? 1 : options.count;
  for (std::uint64_t shown = 0; count == 0 || shown < count; ++shown) {
    std::this_thread::sleep_for(std::chrono::duration<double>(options.interval));
    TFLD_ASSIGN_OR_RETURN(v1::GetStatsResponse now, admin->GetStats(options.model, true));
    TFLD_RETURN_IF_ERROR(Show(Compare(before, now), options, context));
    before = std::move(now);
  }
  return {};
}

}  // namespace

void AddTop(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("top", "What is served right now, by model and by client");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "Only this model");
  command->add_option("--interval", options->interval, "Seconds between two looks; 1 if not given")
      ->check(FiniteNumber(0.05, 3600))
      ->type_name("S");
  command->add_option("--count", options->count, "End after so many looks")->check(WholeNumber())->type_name("N");
  command->add_flag("--once", options->once, "One look, one interval long");
  command->footer(
      "REQ/S were answered, ERR/S failed; P50 and P99 are from arrival to answer, of the interval alone. EXECUTORS: "
      "how\n"
      "many the model kept busy on average. With --output json each look is a document: one for --once, else a line "
      "each.");
  command->callback([&action, options] { action = [options](Context& context) { return Top(*options, context); }; });
}

}  // namespace tfld::ctl
