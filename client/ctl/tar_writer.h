// A tar archive in memory: the door to libarchive. The same files give the same bytes, whoever packs them and when.
#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace tfld::ctl {

struct TarEntry {
  std::string name;  // in the archive, "golden/golden.json"
  std::string path;  // of the file to read
};

Result<std::string> WriteTar(const std::vector<TarEntry>& entries);

}  // namespace tfld::ctl
