// The engine for small devices honours a memory plan that a model brings along, and runs a model with a wrong one all
// the same. A plain program for the same reason as micro_test.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "engine/plan/offline_plan.h"
#include "tests/support/model_builder.h"
#include "tfld/engine.h"
#include "tfld/engine_micro.h"

namespace tfld::engine {
namespace {

using Offsets = std::vector<std::int32_t>;

alignas(64) std::byte arena[1 << 20];
constexpr int kElements = 32;  // 128 bytes

// a = -x, b = -a, y = a - b, with a memory plan for x, a, b and y.
std::vector<std::byte> ModelWithPlan(const Offsets& offsets) {
  namespace wire = test::wire;
  test::ModelBuilder builder;
  const auto tensor = [&] { return builder.AddTensor({.shape = {1, kElements}}); };
  const int x = tensor(), a = tensor(), b = tensor(), y = tensor();
  builder.AddOperator({.op = wire::BuiltinOperator_NEG, .inputs = {x}, .outputs = {a}});
  builder.AddOperator({.op = wire::BuiltinOperator_NEG, .inputs = {a}, .outputs = {b}});
  builder.AddOperator({.op = wire::BuiltinOperator_SUB, .inputs = {a, b}, .outputs = {y}});
  Offsets plan = {1, 1, static_cast<std::int32_t>(offsets.size())};
  plan.insert(plan.end(), offsets.begin(), offsets.end());
  builder.AddMetadata(std::string(kOfflinePlanName), std::as_bytes(std::span(plan)));
  return builder.Finish({x}, {y});
}

bool failed = false;

void Expect(bool is_so, const char* what) {
  std::printf("%s: %s\n", is_so ? "ok" : "FAILED", what);
  if (!is_so) failed = true;
}

struct Outcome {
  bool is_right = false;
  std::size_t arena_bytes = 0;
  std::ptrdiff_t input_behind_output = 0;  // bytes
};

Outcome RunWithPlan(const Offsets& offsets) {
  Outcome outcome;
  const std::vector<std::byte> bytes = ModelWithPlan(offsets);
  const auto model = Model::FromStaticBytes(bytes, "model");
  if (!model.ok()) return outcome;
  const auto executable = Executable::Create(*model, {.backend = Backend::kReference});
  if (!executable.ok()) return outcome;
  const auto session = (*executable)->NewSession();
  if (!session.ok()) return outcome;
  const auto input = (*session)->Input(0).As<float>();
  const auto output = (*session)->Output(0).As<const float>();
  for (std::size_t i = 0; i < kElements; ++i) input[i] = static_cast<float>(i);
  outcome.is_right = (*session)->Run().ok();
  for (std::size_t i = 0; i < kElements; ++i) outcome.is_right &= output[i] == -2 * static_cast<float>(i);
  outcome.arena_bytes = (*executable)->memory().arena_bytes;
  outcome.input_behind_output =
      reinterpret_cast<const std::byte*>(input.data()) - reinterpret_cast<const std::byte*>(output.data());
  return outcome;
}

void Test() {
  // The engine itself would leave no gaps, and place buffers at multiples of 64 bytes.
  const Outcome planned = RunWithPlan({1040, 512, 20000, 0});
  Expect(planned.is_right, "a model with a plan computes what it does without");
  Expect(planned.input_behind_output == 1040, "input and output lie where the plan wants them");
  Expect(planned.arena_bytes >= 20000 + kElements * sizeof(float), "what is between them does too");

  const Outcome overlapping = RunWithPlan({1040, 512, 576, 0});
  Expect(overlapping.is_right, "a model whose plan lets buffers overlap that are in use computes the same");
  Expect(overlapping.input_behind_output != 1040, "because that plan is not used");
}

}  // namespace
}  // namespace tfld::engine

int main() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  tfld::engine::micro::UseArena(tfld::engine::arena);
  tfld::engine::Test();
  return tfld::engine::failed ? 1 : 0;
}
