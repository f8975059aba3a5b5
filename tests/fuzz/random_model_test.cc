#include "tests/fuzz/random_model.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "engine/golden/random_input.h"
#include "engine/tools/explain.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/mutate_model.h"

namespace tfld::test {
namespace {

constexpr int kNetworks = 300;
constexpr int kNodes = 40;  // of each operator
constexpr int kMutations = 2000;

int Rounds(int usual) { return std::getenv("TFLD_LONG_TESTS") != nullptr ? 120 * usual : usual; }

engine::Feeder FeedRandom(std::uint64_t seed) {
  return [seed](const engine::Executable&, engine::Session& session) {
    engine::FillRandom(session.Input(0), seed);
    return session.Run();
  };
}

// Whatever runs beside the reference kernels stays within a step of them, node by node.
TEST(RandomQuantizedModel, BackendsAgree) {
  const engine::ExecutableOptions options{.backend = engine::Backend::kCpu, .threads = 1, .limits = {}};
  for (int seed = 0; seed < Rounds(kNetworks); ++seed) {
    const auto model = engine::Model::FromBytes(RandomQuantizedModel(seed), "network");
    ASSERT_TRUE(model.ok()) << "seed " << seed << ": " << model.status().ToString();
    const auto explanation = ExplainByBackend(*model, options, engine::Backend::kReference, FeedRandom(seed));
    ASSERT_TRUE(explanation.ok()) << "seed " << seed << ": " << explanation.status().ToString();
    const engine::NodeDifference* out = explanation->FirstOut();
    ASSERT_EQ(out, nullptr) << "seed " << seed << ": node " << out->alone.node << " (" << out->op << ", "
                            << out->alone.kernel << ") differs by " << out->alone.comparison.max_abs_diff;
  }
}

TEST(RandomModel, IsTheSameForASeed) {
  EXPECT_EQ(RandomQuantizedModel(7), RandomQuantizedModel(7));
  EXPECT_NE(RandomQuantizedModel(7), RandomQuantizedModel(8));
  const engine::Operator& definition = engine::Operators()[0];
  EXPECT_EQ(RandomNodeModel(definition, 7), RandomNodeModel(definition, 7));
}

// One pass of what the fuzz targets do, in every test run.
TEST(RandomNodeModel, IsRefusedOrRuns) {
  for (const engine::Operator& definition : engine::Operators()) {
    for (int seed = 0; seed < Rounds(kNodes); ++seed) {
      const auto model = LoadForFuzz(RandomNodeModel(definition, static_cast<std::uint64_t>(seed)));
      if (model == nullptr) continue;
      for (const auto backend : {engine::Backend::kReference, engine::Backend::kCpu}) {
        const auto executable = PlanForFuzz(model, backend);
        if (executable == nullptr || !IsCheap(*executable)) continue;
        const auto session = executable->NewSession();
        if (session.ok()) static_cast<void>(RunForFuzz(**session, *executable, static_cast<std::uint64_t>(seed)));
      }
    }
  }
}

TEST(MutateModel, IsRefusedOrRuns) {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < Rounds(kMutations); ++i) {
    if (i % 10 == 0 || bytes.empty()) {
      const auto fresh = RandomQuantizedModel(i);
      const auto* data = reinterpret_cast<const std::uint8_t*>(fresh.data());
      bytes.assign(data, data + fresh.size());
    }
    bytes = MutateModel(bytes.data(), bytes.size(), i);
    const auto model = LoadForFuzz(std::as_bytes(std::span(bytes)));
    if (model == nullptr) continue;
    const auto executable = PlanForFuzz(model, engine::Backend::kCpu);
    if (executable == nullptr || !IsCheap(*executable)) continue;
    const auto session = executable->NewSession();
    if (session.ok()) static_cast<void>(RunForFuzz(**session, *executable, i));
  }
}

TEST(MutateModel, OfNoModelIsNothing) {
  const std::vector<std::uint8_t> bytes(100, 7);
  EXPECT_TRUE(MutateModel(bytes.data(), bytes.size(), 1).empty());
  EXPECT_TRUE(MutateModel(bytes.data(), 0, 1).empty());
}

}  // namespace
}  // namespace tfld::test
