// EMBEDDING_LOOKUP: the rows of a table that the indices name; a table of small integers may give float rows (hybrid).
#include "engine/kernels/reference/block_scales.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 0;
constexpr int kTable = 1;

struct Lookup {
  std::int64_t count, rows, row_size;

  Result<std::int64_t> Row(const RunContext& run, std::int64_t which) const {
    const std::int64_t row = run.Input<std::int32_t>(kIndices)[which];
    if (row >= 0 && row < rows) return row;
    return OutOfRange(StrCat("index ", row, " is out of range for a table of ", rows, " rows"));
  }
};

// Rows as they are.
Status PrepareCopies(PrepareContext& context, const Lookup& lookup) {
  return DispatchUnits(context, context.Input(kTable).type, [&]<typename T>(TypeTag<T>, std::int64_t units) -> Status {
    const std::int64_t row_units = lookup.row_size * units;
    return context.Emit("reference.embedding_lookup", [lookup, row_units](const RunContext& run) -> Status {
      const auto table = InputElements<T>(run, kTable);
      const auto output = OutputElements<T>(run, 0, lookup.count * row_units);
      for (std::int64_t i = 0; i < lookup.count; ++i) {
        TFLD_ASSIGN_OR_RETURN(const std::int64_t row, lookup.Row(run, i));
        CopyElements(table + row * row_units, output + i * row_units, row_units);
      }
      return {};
    });
  });
}

// One scale for the table, one for each of its rows, or one for each block of a row; no zero points.
Result<std::vector<float>> TableScales(const OpContext& context, std::int64_t rows) {
  const Quantization& quantization = *context.Input(kTable).quantization;
  if (quantization.block_size > 0) return BlockScales(context, kTable);
  const bool per_row = quantization.per_channel() && quantization.axis == 0 &&
                       static_cast<std::int64_t>(quantization.scales.size()) == rows;
  if (quantization.scales.size() != 1 && !per_row) {
    return context.Error(
        StrCat("the table of ", rows, " rows has ", quantization.scales.size(), " scales on axis ", quantization.axis));
  }
  for (const std::int32_t zero_point : quantization.zero_points) {
    if (zero_point != 0) return context.Error(StrCat("the table has zero point ", zero_point, "; expected 0"));
  }
  return quantization.scales;
}

template <typename T, typename Out>
Status EmitHybrid(PrepareContext& context, const Lookup& lookup) {
  TFLD_ASSIGN_OR_RETURN(const auto scales, TableScales(context, lookup.rows));
  // How many neighbours have the same scale.
  const auto count = static_cast<std::int64_t>(scales.size());
  const std::int64_t block = count == 0 ? 1 : std::max<std::int64_t>(lookup.rows * lookup.row_size / count, 1);
  return context.Emit("reference.embedding_lookup_hybrid", [lookup, scales, block](const RunContext& run) -> Status {
    const T* table = run.Input<T>(kTable);
    Out* output = run.Output<Out>(0);
    for (std::int64_t i = 0; i < lookup.count; ++i) {
      TFLD_ASSIGN_OR_RETURN(const std::int64_t row, lookup.Row(run, i));
      for (std::int64_t k = row * lookup.row_size; k < (row + 1) * lookup.row_size; ++k) {
        const float value = static_cast<float>(ElementAt(table, k)) * scales[static_cast<std::size_t>(k / block)];
        if constexpr (kIsHalf<Out>) {
          *output++ = Out::Round(value);
        } else {
          *output++ = value;
        }
      }
    }
    return {};
  });
}

}  // namespace

Status InferEmbeddingLookup(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kIndices, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kTable, 1, kMaxRank));
  Shape shape = context.Input(kTable).shape;
  shape.set_dim(0, context.Input(kIndices).shape.dim(0));
  return context.SetOutputShape(0, shape);
}

Status PrepareEmbeddingLookup(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kIndices, {ElementType::kInt32}));
  const Shape& table = context.Input(kTable).shape;
  const Lookup lookup{
      .count = context.Input(kIndices).shape.dim(0), .rows = table.dim(0), .row_size = table.Product(1, table.rank())};
  const ElementType output = context.Output(0).type;
  if (context.Input(kTable).type == output) return PrepareCopies(context, lookup);
  return DispatchType<float, Half>(context, output, [&]<typename Out>(TypeTag<Out>) -> Status {
    // As in TensorFlow Lite, a table of uint8 holds signed numbers too: it stands for the symmetric weights of old
    // models.
    if (context.Input(kTable).type == ElementType::kUInt8) return EmitHybrid<std::int8_t, Out>(context, lookup);
    return DispatchType<std::int8_t, Int4, Int2>(
        context, context.Input(kTable).type,
        [&]<typename T>(TypeTag<T>) -> Status { return EmitHybrid<T, Out>(context, lookup); });
  });
}

}  // namespace tfld::engine::reference
