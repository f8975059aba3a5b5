// Where tests find files.
#pragma once

#include <filesystem>
#include <optional>

namespace tfld::test {

// The root of the repository.
std::filesystem::path SourceDir();

// The directory with the models and goldens that are too large for the repository: $TFLD_SHARED, or shared/ beside the
// repository. Nothing when there is none: then the test says so with GTEST_SKIP.
std::optional<std::filesystem::path> SharedDir();

}  // namespace tfld::test

// In a test body or SetUp: skips when there is no shared directory.
#define TFLD_SKIP_WITHOUT_SHARED() \
  if (!::tfld::test::SharedDir())  \
  GTEST_SKIP() << "no models: set TFLD_SHARED to the directory that has models/ and golden/"
