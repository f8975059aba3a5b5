// Whole numbers on the command line: digits alone. CLI11 reads them as C does, for which -1 is 2^64 - 1, 010 is 8, and
// whatever is too large is the largest.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>

namespace tfld::ctl {

CLI::Validator WholeNumber();  // from 0 on
CLI::Validator WholeNumber(std::uint64_t least, std::uint64_t greatest);
CLI::Validator VersionNumber();  // of a model's version: from 1 on

}  // namespace tfld::ctl
