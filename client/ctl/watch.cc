#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/finite_number.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  double seconds = 0;
  std::uint64_t count = 0;
};

std::string LineOf(const v1::WatchEvent& event, bool colors) {
  Color color = event.kind() == "state" ? Color::kDim : Color::kGreen;
  if (!event.ok()) color = Color::kRed;
  std::string line = StrCat(TimeText(event.time_ms() / 1000), "  ",
                            Paint(event.ok() ? event.kind() : event.kind() + " failed", color, colors));
  if (!event.model().empty()) line += "  " + event.model();
  if (event.version() != 0) line += StrCat(" version ", event.version());
  if (!event.detail().empty()) line += "  " + event.detail();
  if (!event.actor().empty() && event.kind() != "state") line += "  by " + event.actor();
  return line + "\n";
}

Status Watch(const Options& options, Context& context) {
  context.UseJsonLines();
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  std::uint64_t shown = 0;
  std::uint64_t lost = 0;
  const auto show = [&](const v1::WatchResponse& message) {
    if (message.lost() > lost) {
      lost = message.lost();
      if (context.json()) context.PrintJson({{"lost", lost}});
      std::fprintf(stderr, "tfld-ctl: %s\n", StrCat(lost, " events lost so far: they were not taken in time").c_str());
    }
    for (const v1::WatchEvent& event : message.events()) {
      if (options.count != 0 && shown == options.count) break;
      if (context.json()) {
        context.PrintJson(ToJson(event));
      } else {
        context.Print(LineOf(event, context.colors()));
      }
      ++shown;
    }
    return context.Flush().ok() && (options.count == 0 || shown < options.count);
  };
  return admin->Watch(options.model, std::chrono::duration<double>(options.seconds), show);
}

}  // namespace

void AddWatch(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("watch", "What happens to models, as it happens");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model; all, and the daemon itself, if not given");
  command->add_option("--seconds", options->seconds, "How long; until interrupted if not given")
      ->check(FiniteNumber(0, 1e6))
      ->type_name("S");
  command->add_option("--count", options->count, "End after so many events")->check(WholeNumber())->type_name("N");
  command->footer(
      "Changes of models and their versions, resumes, and the states that versions enter. With --output json each\n"
      "event is a document on a line of its own; so is {\"lost\": N}, how many were lost so far, when that grows.");
  command->callback([&action, options] { action = [options](Context& context) { return Watch(*options, context); }; });
}

}  // namespace tfld::ctl
