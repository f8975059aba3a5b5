// tfld-model: looks at a model file, runs it, checks it against goldens, measures it. Needs no daemon.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "engine/tools/commands.h"
#include "tfld/engine.h"

namespace {

int Run(int argc, char** argv) {
  int exit_status = tfld::engine::kExitDone;
  CLI::App program("Works on TensorFlow Lite models: inspects, runs, checks and measures them, without a daemon.",
                   "tfld-model");
  program.set_version_flag("--version", "tfld-model " + std::string(tfld::engine::Version()));
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 done, 1 failed or out of tolerance, 2 wrong usage.\n"
      "`tfld-model COMMAND --help` explains a command.");
  tfld::engine::AddInspectCommand(program, exit_status);
  tfld::engine::AddRunCommand(program, exit_status);
  tfld::engine::AddCheckCommand(program, exit_status);
  tfld::engine::AddCompareCommand(program, exit_status);
  tfld::engine::AddOperatorsCommand(program, exit_status);
  tfld::engine::AddBenchCommand(program, exit_status);
  tfld::engine::AddProfileCommand(program, exit_status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? tfld::engine::kExitDone : tfld::engine::kExitUsage;
  }
  return exit_status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& exception) {
    std::cerr << "tfld-model: " << exception.what() << '\n';
    return tfld::engine::kExitFailed;
  }
}
