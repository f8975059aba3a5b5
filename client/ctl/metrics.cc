#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/http_get.h"
#include "client/src/runtime_dir.h"

namespace tfld::ctl {
namespace {

// The lines of the text whose name contains `part`, without comments; all of it for an empty `part`.
std::string Matching(const std::string& text, const std::string& part) {
  if (part.empty()) return text;
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('#') && line.find(part) != std::string::npos) result += line + "\n";
  }
  return result;
}

Status Metrics(const std::string& part, Context& context) {
  TFLD_ASSIGN_OR_RETURN(const std::string path, client::SocketPath(context.runtime_dir(), "metrics.sock"));
  TFLD_ASSIGN_OR_RETURN(const std::string text, HttpGet(path, "/metrics"));
  const std::string shown = Matching(text, part);
  if (context.json()) {
    context.PrintJson({{"metrics", shown}});
  } else {
    context.Print(shown);
  }
  return {};
}

}  // namespace

void AddMetrics(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("metrics", "The metrics, as Prometheus reads them");
  auto part = std::make_shared<std::string>();
  command->add_option("PART", *part, "Only lines that contain this, without comments");
  command->callback([&action, part] { action = [part](Context& context) { return Metrics(*part, context); }; });
}

}  // namespace tfld::ctl
