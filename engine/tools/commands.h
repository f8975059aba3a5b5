// The subcommands of tfld-model. Each adds itself to the program; when it is chosen, it runs and sets `exit_status`.
#pragma once

namespace CLI {
class App;
}

namespace tfld::engine {

void AddInspectCommand(CLI::App& program, int& exit_status);
void AddRunCommand(CLI::App& program, int& exit_status);
void AddCheckCommand(CLI::App& program, int& exit_status);
void AddCompareCommand(CLI::App& program, int& exit_status);
void AddOperatorsCommand(CLI::App& program, int& exit_status);
void AddBenchCommand(CLI::App& program, int& exit_status);
void AddProfileCommand(CLI::App& program, int& exit_status);

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;  // also: out of tolerance
inline constexpr int kExitUsage = 2;

}  // namespace tfld::engine
