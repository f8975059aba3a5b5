#include "tests/support/test_paths.h"

#include <cstdlib>

namespace tfld::test {

std::filesystem::path SourceDir() {
  const char* from_ctest = std::getenv("TFLD_SOURCE_DIR");
  return from_ctest != nullptr ? from_ctest : TFLD_SOURCE_DIR;
}

std::optional<std::filesystem::path> SharedDir() {
  const char* named = std::getenv("TFLD_SHARED");
  const std::filesystem::path directory =
      named != nullptr ? std::filesystem::path(named) : SourceDir().parent_path() / "shared";
  std::error_code error;
  if (!std::filesystem::is_directory(directory / "models", error)) return std::nullopt;
  return directory;
}

}  // namespace tfld::test
