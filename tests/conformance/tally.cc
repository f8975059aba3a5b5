#include "tests/conformance/tally.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>

namespace tfld::test {
namespace {

using Counts = std::array<int, 3>;  // by Fate

Counts& CountsOf(engine::Backend backend) {
  static std::array<Counts, 2> counts{};
  return counts[static_cast<std::size_t>(backend)];
}

class PrintCounts : public ::testing::Environment {
 public:
  void TearDown() override {
    for (const engine::Backend backend : {engine::Backend::kReference, engine::Backend::kCpu}) {
      const Counts& counts = CountsOf(backend);
      std::cout << "conformance, backend " << engine::BackendName(backend) << ": " << counts[0] << " matched, "
                << counts[1] << " goldens that are wrong, " << counts[2] << " failed\n";
    }
  }
};

const auto* const kRegistered = ::testing::AddGlobalTestEnvironment(new PrintCounts);

}  // namespace

void Count(engine::Backend backend, Fate fate) {
  (void)kRegistered;
  ++CountsOf(backend)[static_cast<std::size_t>(fate)];
}

}  // namespace tfld::test
