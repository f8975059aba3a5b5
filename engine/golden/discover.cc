#include "engine/golden/discover.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/str_cat.h"

namespace tfld::engine {

namespace fs = std::filesystem;

Result<std::vector<std::string>> FindGoldens(const std::string& path) {
  std::error_code error;
  std::vector<std::string> found;
  if (fs::exists(fs::path(path) / "golden.json", error)) return std::vector<std::string>{path};
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename() == "golden.json") found.push_back(entry->path().parent_path().string());
  }
  if (found.empty()) return NotFound(StrCat("there is no golden.json in ", path));
  std::ranges::sort(found);
  return found;
}

}  // namespace tfld::engine
