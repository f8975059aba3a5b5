// Recovery: what the store does with whatever a crash, a cut of power or a bad disk has left.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/store/file_system.h"
#include "daemon/store/layout.h"
#include "daemon/store/model_state.h"
#include "engine/base/result.h"

namespace tfld::daemon {

// Empties incoming/, and makes the state and the files of each model agree:
//   - a model directory without a state file is a first deploy that was cut off: it goes
//   - a version directory that the state does not know, or knows as failed, goes
//   - a version that was warming has failed: its deploy was never answered
//   - a version whose files are missing has failed; one that was active stays in the lineage, for Resume to fall back
//   - a label at a version that has failed, or is not known, goes
//   - a state file that is rotten is set aside as `state.rotten`, and made anew from the version directories, with
//     every version staged and none active: which of them was good is not known any more
// Changes are in the history, by "tfld", at `now` (Unix time, seconds).
Result<std::map<std::string, ModelState>> RecoverModels(FileSystem& files, const Layout& layout, std::int64_t now);

}  // namespace tfld::daemon
