#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/text.h"
#include "client/ctl/to_json.h"
#include "client/ctl/whole_number.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

struct Options {
  std::string model;
  std::uint32_t limit = 0;
};

Table EventTable(const v1::GetHistoryResponse& history) {
  Table table({"TIME", "ACTION", ">VERSION", "RESULT", "BY", "REASON"});
  for (const v1::HistoryEvent& event : history.events()) {
    table.AddRow({TimeText(event.time()), event.action(), event.version() ? StrCat(event.version()) : "-",
                  event.ok() ? Cell("ok", Color::kGreen) : Cell("failed", Color::kRed), event.actor(), event.reason()});
  }
  return table;
}

Status History(const Options& options, Context& context) {
  TFLD_ASSIGN_OR_RETURN(AdminClient * admin, context.Admin());
  TFLD_ASSIGN_OR_RETURN(const v1::GetHistoryResponse history, admin->GetHistory(options.model, options.limit));
  if (context.json()) {
    nlohmann::ordered_json events = nlohmann::ordered_json::array();
    for (const v1::HistoryEvent& event : history.events()) events.push_back(ToJson(event));
    context.PrintJson({{"model", options.model}, {"events", std::move(events)}});
  } else {
    context.Print(EventTable(history));
  }
  return {};
}

}  // namespace

void AddHistory(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("history", "What happened to a model, oldest first");
  auto options = std::make_shared<Options>();
  command->add_option("NAME", options->model, "The model")->required();
  command->add_option("--limit", options->limit, "Only the newest so many")->check(WholeNumber())->type_name("N");
  command->callback(
      [&action, options] { action = [options](Context& context) { return History(*options, context); }; });
}

}  // namespace tfld::ctl
