// tfld-ctl: the command line of the daemon. Exit status: 0 success, 1 failure, 2 wrong usage, 3 no daemon.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "client/ctl/commands.h"
#include "client/ctl/context.h"
#include "client/ctl/exit_status.h"

namespace tfld::ctl {
namespace {

constexpr char kExamples[] = R"(
Examples:
  tfld-ctl deploy bearing_fault model.tflite     send a model; returns when it serves
  tfld-ctl status bearing_fault                  its versions, and why one failed
  tfld-ctl rollback bearing_fault                back to the last good version

The daemon is found through --runtime-dir, TFLD_RUNTIME_DIR, /run/tfld or $XDG_RUNTIME_DIR/tfld.
Exit status: 0 success, 1 failure, 2 wrong usage, 3 no daemon.)";

int Report(const Status& status, Context& context) {
  if (status.ok()) return kSuccess;
  if (context.json()) context.PrintJsonError(status);
  std::fprintf(stderr, "tfld-ctl: %s\n", std::string(status.message()).c_str());
  return ExitStatusOf(status, context.runtime_dir());
}

int Run(int argc, char** argv) {
  std::string runtime_dir;
  OutputFormat format = OutputFormat::kTable;
  Action action;
  const std::map<std::string, OutputFormat> formats = {{"table", OutputFormat::kTable}, {"json", OutputFormat::kJson}};

  CLI::App app("Controls tfld, the inference daemon of this machine.", "tfld-ctl");
  app.footer(kExamples);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "tfld-ctl " TFLD_VERSION);
  app.add_option("--runtime-dir", runtime_dir, "Directory of the daemon's sockets")->type_name("DIR");
  app.add_option("--output", format, "table for people, json for scripts: one document")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("json|table");
  AddDeploy(app, action);
  AddActivate(app, action);
  AddRollback(app, action);
  AddLabel(app, action);
  AddRemove(app, action);
  AddList(app, action);
  AddStatus(app, action);
  AddHistory(app, action);
  AddInfer(app, action);
  AddBench(app, action);
  AddTop(app, action);
  AddWatch(app, action);
  AddTrace(app, action);
  AddStats(app, action);
  AddMetrics(app, action);
  AddLogLevel(app, action);
  AddPackage(app, action);
  AddCompletion(app, action);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kWrongUsage;  // zero: help or the version was asked for
  }
  Context context(runtime_dir, format);
  const Status status = action(context);
  const Status printed = context.Flush();
  return Report(status.ok() ? printed : status, context);
}

}  // namespace
}  // namespace tfld::ctl

int main(int argc, char** argv) try { return tfld::ctl::Run(argc, argv); } catch (const std::exception& error) {
  std::fprintf(stderr, "tfld-ctl: %s\n", error.what());
  return tfld::ctl::kFailure;
}
