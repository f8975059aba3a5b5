// Numbers on the command line that need not be whole. CLI11 takes nan for a number that is in every range.
#pragma once

#include <CLI/CLI.hpp>

namespace tfld::ctl {

CLI::Validator FiniteNumber(double least, double greatest);

}  // namespace tfld::ctl
