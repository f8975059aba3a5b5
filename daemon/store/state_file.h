// The state file of a model: JSON for people and scripts, and behind it a line with the sha256 of all before, so that
// a cut or rotten file does not pass for a true one.
#pragma once

#include <string>
#include <string_view>

#include "daemon/store/file_system.h"
#include "daemon/store/model_state.h"
#include "engine/base/result.h"

namespace tfld::daemon {

std::string EncodeState(const ModelState& state);
// DATA_LOSS when the checksum or the contents are wrong.
Result<ModelState> DecodeState(std::string_view text);

// <model directory>/state. NOT_FOUND when there is none.
Result<ModelState> ReadStateFile(FileSystem& files, const std::string& model_directory);

// Replaces the file: after OK the new state is durable; after an error, or a crash at any moment, it is the old or the
// new one.
Status WriteStateFile(FileSystem& files, const std::string& model_directory, const ModelState& state);

}  // namespace tfld::daemon
