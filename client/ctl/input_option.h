// --input of the commands that infer.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tfld::ctl {

// Gives what FillInputs takes.
void AddInputOption(CLI::App& command, std::vector<std::string>& inputs);

}  // namespace tfld::ctl
