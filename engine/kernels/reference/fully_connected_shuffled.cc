// FULLY_CONNECTED with weights in the format SHUFFLED4x16INT8: uint8 input, int16 output, and a second output that
// holds the input in the weights' order.
//
// The weights stand in tiles of 4 rows by 16 columns, tile after tile along the rows, and as int8 (their zero point of
// 128 is taken off). They are put back into rows at load.
#include <algorithm>
#include <memory>
#include <vector>

#include "engine/kernels/reference/nn.h"
#include "engine/kernels/reference/weighted_sum.h"

namespace tfld::engine::reference {
namespace {

constexpr std::int64_t kTileRows = 4;
constexpr std::int64_t kTileColumns = 16;
constexpr std::uint8_t kSignBit = 0x80;
constexpr std::int32_t kZeroPoint = 128;

std::vector<std::int8_t> UnshuffleWeights(const std::int8_t* tiles, std::int64_t units, std::int64_t depth) {
  std::vector<std::int8_t> rows(static_cast<std::size_t>(units * depth));
  for (std::int64_t unit = 0; unit < units; unit += kTileRows) {
    for (std::int64_t column = 0; column < depth; column += kTileColumns) {
      for (std::int64_t i = 0; i < kTileRows; ++i, tiles += kTileColumns) {
        std::copy_n(tiles, kTileColumns, rows.begin() + (unit + i) * depth + column);
      }
    }
  }
  return rows;
}

// Columns in groups of a tile's width, the batches of each group one after the other, as int8.
void ShuffleInput(const std::uint8_t* input, std::int64_t batches, std::int64_t depth, std::uint8_t* out) {
  for (std::int64_t column = 0; column < depth; column += kTileColumns) {
    for (std::int64_t batch = 0; batch < batches; ++batch) {
      for (std::int64_t j = 0; j < kTileColumns; ++j) *out++ = input[batch * depth + column + j] ^ kSignBit;
    }
  }
}

}  // namespace

Status PrepareShuffledFullyConnected(PrepareContext& context, Activation activation) {
  using Numerics = QuantizedSum<std::uint8_t, std::int8_t, std::int16_t, FixedPointRescaling>;
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kUInt8}));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kWeightsInput, {ElementType::kUInt8}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt16}));
  const Value& weights = context.Input(kWeightsInput);
  const std::int64_t units = weights.shape.dim(0), depth = weights.shape.dim(1);
  const std::int64_t batches = context.Input(0).shape.NumElements() / depth;
  if (!weights.is_constant) return context.Unsupported("shuffled weights must be constant");
  if (units % kTileRows != 0 || depth % kTileColumns != 0) {
    return context.Error(StrCat("shuffled weights of shape ", weights.shape.ToString(), " have no whole tiles"));
  }
  if (context.Input(0).zero_point() != kZeroPoint) return context.Error("the input's zero point is not 128");
  const bool has_workspace = context.num_outputs() == 2;
  if (has_workspace) TFLD_RETURN_IF_ERROR(context.RequireOutputType(1, {ElementType::kUInt8}));
  const WeightsLayout layout{.channels = weights.shape.dim(0),
                             .channel_axis = 0,
                             .activation = activation,
                             .symmetric = true};  // what was not is taken off
  TFLD_ASSIGN_OR_RETURN(const Numerics numerics, Numerics::Make(context, layout));
  const auto rows = std::make_shared<const std::vector<std::int8_t>>(
      UnshuffleWeights(reinterpret_cast<const std::int8_t*>(weights.data.data()), units, depth));
  const int bias_index = layout.bias;
  return context.Emit("reference.fully_connected_shuffled", [=](const RunContext& run) -> Status {
    const auto* input = run.Input<std::uint8_t>(0);
    const auto* bias = run.Input<std::int32_t>(bias_index);
    auto* output = run.Output<std::int16_t>(0);
    if (has_workspace) ShuffleInput(input, batches, depth, run.Output<std::uint8_t>(1));
    for (std::int64_t batch = 0; batch < batches; ++batch, input += depth) {
      for (std::int64_t unit = 0; unit < units; ++unit) {
        const std::int8_t* row = rows->data() + unit * depth;
        Numerics::Sum sum{};
        for (std::int64_t i = 0; i < depth; ++i) sum += numerics.Product(input[i], row[i]);
        *output++ = numerics.Finish(sum, bias, unit);
      }
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
