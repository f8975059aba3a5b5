// The commands of tfld-ctl: each adds itself to the command line and, when it is the one that was called, sets
// `action`.
#pragma once

#include <functional>

#include "engine/base/status.h"

namespace CLI {
class App;
}

namespace tfld::ctl {

class Context;

using Action = std::function<Status(Context&)>;

void AddActivate(CLI::App& app, Action& action);
void AddBench(CLI::App& app, Action& action);
void AddCompletion(CLI::App& app, Action& action);
void AddDeploy(CLI::App& app, Action& action);
void AddHistory(CLI::App& app, Action& action);
void AddInfer(CLI::App& app, Action& action);
void AddLabel(CLI::App& app, Action& action);
void AddList(CLI::App& app, Action& action);
void AddLogLevel(CLI::App& app, Action& action);
void AddMetrics(CLI::App& app, Action& action);
void AddPackage(CLI::App& app, Action& action);
void AddRemove(CLI::App& app, Action& action);
void AddRollback(CLI::App& app, Action& action);
void AddStats(CLI::App& app, Action& action);
void AddStatus(CLI::App& app, Action& action);
void AddTop(CLI::App& app, Action& action);
void AddTrace(CLI::App& app, Action& action);
void AddWatch(CLI::App& app, Action& action);

}  // namespace tfld::ctl
