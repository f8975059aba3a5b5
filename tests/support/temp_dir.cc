#include "tests/support/temp_dir.h"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace tfld::test {

TempDir::TempDir() {
  char name[] = "/tmp/tfld.XXXXXX";
  if (::mkdtemp(name) == nullptr) {
    std::perror("mkdtemp in /tmp");
    std::abort();
  }
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace tfld::test
