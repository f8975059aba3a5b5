// Finds goldens in a tree of directories.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::engine {

// `path` itself when it has a golden.json; else every directory below that has one, sorted by name. NOT_FOUND when
// there is none.
Result<std::vector<std::string>> FindGoldens(const std::string& path);

}  // namespace tfld::engine
