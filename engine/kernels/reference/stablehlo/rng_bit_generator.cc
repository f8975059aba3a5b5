// STABLEHLO_RNG_BIT_GENERATOR: random bits from a state of 64-bit words {key, counter}, and the state for the next
// ones.
#include <algorithm>
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/graph/stablehlo_attributes.h"
#include "engine/kernels/reference/random_bits.h"
#include "engine/kernels/reference/stablehlo/stablehlo.h"

namespace tfld::engine::reference {
namespace {

constexpr int kNextState = 0, kBits = 1;
constexpr int kThreefry = 2;  // as in the file; the other algorithms are Philox

using Words = std::array<std::uint32_t, 6>;  // of a state with three words of 64 bits

// Fills `output` block by block; counts in the first two words of the counter.
template <typename Generator>
void Fill(Words& state, typename Generator::Block counter, std::uint32_t* output, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += static_cast<std::int64_t>(counter.size())) {
    const auto block = Generator::Generate({state[0], state[1]}, counter);
    std::copy_n(block.data(), std::min(size - i, static_cast<std::int64_t>(block.size())), output + i);
    if (++counter[0] == 0) ++counter[1];
  }
  state[2] = counter[0];
  state[3] = counter[1];
}

}  // namespace

Status InferStablehloRngBitGenerator(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kNextState, context.Input(0).shape));
  return context.SetOutputShape(kBits, context.Output(kBits).shape);  // the model's choice
}

Status PrepareStablehloRngBitGenerator(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt64}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kNextState, {ElementType::kUInt64}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(
      kBits, {ElementType::kInt32, ElementType::kUInt32, ElementType::kInt64, ElementType::kUInt64}));
  const bool is_threefry = context.attributes<StablehloRngAttributes>().algorithm == kThreefry;
  const std::int32_t words = context.Input(0).shape.dim(0);
  if (words != 2 && (words != 3 || is_threefry)) return context.Error(StrCat("a state of ", words, " words"));
  const auto bytes = static_cast<std::size_t>(words) * sizeof(std::uint64_t);
  const auto size = static_cast<std::int64_t>(context.Output(kBits).byte_size() / sizeof(std::uint32_t));
  return context.Emit("reference.stablehlo_rng_bit_generator", [=](const RunContext& run) -> Status {
    Words state{};
    std::memcpy(state.data(), run.Input<std::byte>(0), bytes);
    auto* output = run.Output<std::uint32_t>(kBits);
    if (is_threefry) {
      Fill<Threefry>(state, {state[2], state[3]}, output, size);
    } else {
      const std::size_t rest = words == 3 ? 4 : 0;
      Fill<Philox>(state, {state[2], state[3], state[rest], state[rest + 1]}, output, size);
    }
    std::memcpy(run.Output<std::byte>(kNextState), state.data(), bytes);
    return {};
  });
}

}  // namespace tfld::engine::reference
