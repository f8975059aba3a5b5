// BATCH_MATMUL: [.., rows, depth] x [.., depth, columns] -> [.., rows, columns]; the batch axes in front broadcast.
//
// adj_x and adj_y say that an operand is stored transposed. Hybrid: each row of a float operand meets int8 weights.
#include <algorithm>
#include <utility>

#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/hybrid.h"
#include "engine/kernels/reference/nn.h"

namespace tfld::engine::reference {
namespace {

// A matrix in a tensor, walked as the product wants it.
struct Matrix {
  std::int64_t rows, columns;
  std::int64_t row_step, column_step;
};

Matrix LastAxes(const Shape& shape, bool transposed) {
  const std::int64_t rows = shape.dim(shape.rank() - 2), columns = shape.dim(shape.rank() - 1);
  if (transposed) return {.rows = columns, .columns = rows, .row_step = 1, .column_step = columns};
  return {.rows = rows, .columns = columns, .row_step = columns, .column_step = 1};
}

Shape BatchAxes(const Shape& shape) { return Shape(shape.dims().first(static_cast<std::size_t>(shape.rank() - 2))); }

struct Geometry {
  Matrix x, y;
  Shape x_batch, y_batch, batch;

  // How many matrices of an operand stand before the one that belongs to a batch of the output.
  std::int64_t MatrixIndex(const Shape& operand, std::int64_t index) const {
    std::int64_t result = 0, stride = 1;
    for (int axis = batch.rank() - 1; axis >= 0; --axis) {
      const std::int64_t size = operand.ExtendedDim(axis, batch.rank());
      if (size != 1) result += index % batch.dim(axis) * stride;
      stride *= size;
      index /= batch.dim(axis);
    }
    return result;
  }
  std::int64_t XOffset(std::int64_t index) const { return MatrixIndex(x_batch, index) * x.rows * x.columns; }
  std::int64_t YOffset(std::int64_t index) const { return MatrixIndex(y_batch, index) * y.rows * y.columns; }
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, kMaxRank));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(1, 2, kMaxRank));
  const Shape& x = context.Input(0).shape;
  const Shape& y = context.Input(1).shape;
  const auto& attributes = context.attributes<BatchMatmulAttributes>();
  Geometry geometry{.x = LastAxes(x, attributes.adj_x),
                    .y = LastAxes(y, attributes.adj_y),
                    .x_batch = BatchAxes(x),
                    .y_batch = BatchAxes(y),
                    .batch = {}};
  if (geometry.x.columns != geometry.y.rows) {
    return context.Error(StrCat("matrices of shapes ", x.ToString(), " and ", y.ToString(), " cannot be multiplied"));
  }
  TFLD_ASSIGN_OR_RETURN(geometry.batch, BroadcastShape(context, geometry.x_batch, geometry.y_batch));
  return geometry;
}

// int8 times int8 as plain integers, without zero points.
class IntegerSum {
 public:
  using Input = std::int8_t;
  using Weight = std::int8_t;
  using Bias = std::int32_t;
  using Output = std::int32_t;
  using Sum = std::uint32_t;

  static Result<IntegerSum> Make(const OpContext&, const WeightsLayout&) { return IntegerSum(); }
  Sum Product(Input a, Weight b) const { return static_cast<Sum>(a * b); }
  Output Finish(Sum sum, const Bias*, std::int64_t) const { return static_cast<Output>(sum); }
};

// One row of the product. `sums` has room for its columns.
template <typename Numerics>
void MultiplyRow(const Matrix& y, const Numerics& numerics, const typename Numerics::Input* row, std::int64_t row_step,
                 const typename Numerics::Weight* weights, typename Numerics::Sum* sums) {
  if (y.row_step == 1) {  // a column's elements are neighbours
    for (std::int64_t j = 0; j < y.columns; ++j) {
      const auto* column = weights + j * y.column_step;
      typename Numerics::Sum sum{};
      for (std::int64_t k = 0; k < y.rows; ++k) sum += numerics.Product(row[k * row_step], column[k]);
      sums[j] = sum;
    }
    return;
  }
  std::fill_n(sums, y.columns, typename Numerics::Sum{});
  for (std::int64_t k = 0; k < y.rows; ++k) {
    const auto element = row[k * row_step];
    const auto* line = weights + k * y.row_step;
    for (std::int64_t j = 0; j < y.columns; ++j) sums[j] += numerics.Product(element, line[j]);
  }
}

template <typename Numerics>
void Multiply(const Geometry& g, const Numerics& numerics, const Operands<Numerics>& operands,
              typename Numerics::Sum* sums) {
  auto* output = operands.output;
  if (g.x.rows * g.y.columns == 0) return;
  for (std::int64_t batch = 0; batch < g.batch.NumElements(); ++batch) {
    const auto* x = operands.input + g.XOffset(batch);
    const auto* y = operands.weights + g.YOffset(batch);
    for (std::int64_t i = 0; i < g.x.rows; ++i) {
      MultiplyRow(g.y, numerics, x + i * g.x.row_step, g.x.column_step, y, sums);
      for (std::int64_t j = 0; j < g.y.columns; ++j) *output++ = numerics.Finish(sums[j], operands.bias, j);
    }
  }
}

// The rows of a float matrix are quantized one by one.
void MultiplyHybrid(const Geometry& g, const HybridSum& numerics, bool asymmetric, const float* input,
                    const std::int8_t* weights, float* output, float* row, std::int8_t* quantized,
                    HybridSum::Sum* sums) {
  if (g.x.rows * g.y.columns == 0) return;
  for (std::int64_t batch = 0; batch < g.batch.NumElements(); ++batch) {
    const float* x = input + g.XOffset(batch);
    const std::int8_t* y = weights + g.YOffset(batch);
    for (std::int64_t i = 0; i < g.x.rows; ++i) {
      for (std::int64_t k = 0; k < g.x.columns; ++k) row[k] = x[i * g.x.row_step + k * g.x.column_step];
      const HybridBatch bound(numerics, Quantize(row, g.x.columns, asymmetric, quantized));
      MultiplyRow(g.y, bound, quantized, 1, y, sums);
      for (std::int64_t j = 0; j < g.y.columns; ++j) *output++ = bound.Finish(sums[j], nullptr, j);
    }
  }
}

Status EmitHybridProduct(PrepareContext& context, const Geometry& geometry, const WeightsLayout& layout) {
  TFLD_ASSIGN_OR_RETURN(const HybridSum numerics, HybridSum::Make(context, layout));
  TFLD_ASSIGN_OR_RETURN(const auto weights, MakeHybridWeights(context));
  const auto depth = static_cast<std::size_t>(geometry.x.columns);
  const int row = context.RequestScratch(depth * sizeof(float));
  const int quantized = context.RequestScratch(depth);
  const int sums = context.RequestScratch(static_cast<std::size_t>(geometry.y.columns) * sizeof(HybridSum::Sum));
  const bool asymmetric = context.attributes<BatchMatmulAttributes>().asymmetric_quantize_inputs;
  return context.Emit("reference.batch_matmul_hybrid", [=](const RunContext& run) -> Status {
    MultiplyHybrid(geometry, numerics, asymmetric, run.Input<float>(0), weights(run), run.Output<float>(0),
                   run.Scratch<float>(row), run.Scratch<std::int8_t>(quantized), run.Scratch<HybridSum::Sum>(sums));
    return {};
  });
}

}  // namespace

Status InferBatchMatmul(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  Shape shape = geometry.batch;
  shape.Append(static_cast<std::int32_t>(geometry.x.rows));
  shape.Append(static_cast<std::int32_t>(geometry.y.columns));
  return context.SetOutputShape(0, shape);
}

Status PrepareBatchMatmul(PrepareContext& context) {
  using Int16 = std::int16_t;
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const bool adj_y = context.attributes<BatchMatmulAttributes>().adj_y;
  const WeightsLayout layout{.channels = static_cast<std::int32_t>(geometry.y.columns),
                             .channel_axis = context.Input(1).shape.rank() - (adj_y ? 2 : 1),
                             .activation = Activation::kNone,
                             .symmetric = false,
                             .multiplies_scales_as_floats = true};
  if (IsHybrid(context)) return EmitHybridProduct(context, geometry, layout);
  const auto emit = [&]<typename Numerics>(const Numerics& numerics, const auto& operands) {
    using Sum = typename Numerics::Sum;
    const int sums = context.RequestScratch(static_cast<std::size_t>(geometry.y.columns) * sizeof(Sum));
    return context.Emit("reference.batch_matmul",
                        [geometry, numerics, operands, sums](const RunContext& run) -> Status {
                          Multiply(geometry, numerics, operands(run), run.Scratch<Sum>(sums));
                          return {};
                        });
  };
  const ElementType x = context.Input(0).type, y = context.Input(1).type;
  if (x == ElementType::kInt8 && context.Output(0).type == ElementType::kInt32) {
    return WithNumerics<IntegerSum>(context, layout, emit);
  }
  if (x == ElementType::kInt16 && y == ElementType::kInt16) {
    return WithNumerics<QuantizedSum<Int16, Int16, Int16, FixedPointRescaling, std::int64_t>>(context, layout, emit);
  }
  return DispatchNumerics<FixedPointRescaling>(context, layout, emit);
}

}  // namespace tfld::engine::reference
