#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string_view>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"

namespace tfld::ctl {

// Made from packaging/completion at build time.
extern const std::string_view kBashCompletion;

void AddCompletion(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("completion", "Print the script that completes command lines in bash");
  command->footer("For the shell that you are in: source <(tfld-ctl completion)");
  command->callback([&action] {
    action = [](Context& context) -> Status {
      if (context.json()) {
        context.PrintJson({{"bash", kBashCompletion}});
      } else {
        context.Print(std::string(kBashCompletion));
      }
      return {};
    };
  });
}

}  // namespace tfld::ctl
