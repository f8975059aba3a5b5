// EMBEDDING_LOOKUP_SPARSE: sums (or means) of weighted rows of a table. The inputs are ids: which rows; indices, one
// row of coordinates an id, all but the last of which say where its row is added; the shape that these coordinates are
// in; weights; the table. The output's shape is shape[:-1] + table[1:].
//
// As in TensorFlow Lite, a mean is over a run of ids with the same place.
#include <algorithm>
#include <cmath>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIds = 0;
constexpr int kIndices = 1;
constexpr int kShape = 2;
constexpr int kWeights = 3;
constexpr int kTable = 4;

// The weights of ids that follow one another and have the same place.
struct RunOfIds {
  std::int64_t place = 0;
  float sum = 0.0F, squares = 0.0F;
  bool is_empty = true;

  void Finish(EmbeddingCombiner combiner, std::int64_t size, float* output) const {
    if (is_empty || combiner == EmbeddingCombiner::kSum) return;
    const float divisor = combiner == EmbeddingCombiner::kMean ? sum : std::sqrt(squares);
    for (std::int64_t k = 0; k < size; ++k) output[place * size + k] /= divisor;
  }
};

struct Lookup {
  std::int64_t count, rows, size;  // size: of a row
  std::int64_t depth;              // coordinates of an id, the last one included
  Shape places;
  EmbeddingCombiner combiner;

  Result<std::int64_t> Place(const std::int32_t* coordinates) const {
    std::int64_t place = 0;
    for (int axis = 0; axis < places.rank(); ++axis) {
      if (coordinates[axis] < 0 || coordinates[axis] >= places.dim(axis)) {
        return OutOfRange(
            StrCat("index ", coordinates[axis], " is out of range for axis ", axis, " of ", places.ToString()));
      }
      place = place * places.dim(axis) + coordinates[axis];
    }
    return place;
  }

  Status Run(const RunContext& run) const {
    float* output = run.Output<float>(0);
    std::fill_n(output, places.NumElements() * size, 0.0F);
    RunOfIds ids;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t row = run.Input<std::int32_t>(kIds)[i];
      if (row < 0 || row >= rows) {
        return OutOfRange(StrCat("id ", row, " is out of range for a table of ", rows, " rows"));
      }
      TFLD_ASSIGN_OR_RETURN(const std::int64_t place, Place(run.Input<std::int32_t>(kIndices) + i * depth));
      if (place != ids.place) {
        ids.Finish(combiner, size, output);
        ids = {.place = place};
      }
      const float weight = run.Input<float>(kWeights)[i];
      ids.is_empty = false;
      ids.sum += weight;
      ids.squares += weight * weight;
      const float* from = run.Input<float>(kTable) + row * size;
      for (std::int64_t k = 0; k < size; ++k) output[place * size + k] += from[k] * weight;
    }
    ids.Finish(combiner, size, output);
    return {};
  }
};

}  // namespace

Status InferEmbeddingLookupSparse(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kIds, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kIndices, 2, 2));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kWeights, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kTable, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const auto places, ConstantElements<std::int32_t>(context, kShape));
  const std::int32_t count = context.Input(kIds).shape.dim(0);
  const Shape& indices = context.Input(kIndices).shape;
  if (indices.dim(0) != count || context.Input(kWeights).shape.dim(0) != count) {
    return context.Error(
        StrCat(count, " ids, ", indices.dim(0), " indices and ", context.Input(kWeights).shape.dim(0), " weights"));
  }
  if (places.empty() || indices.dim(1) != static_cast<std::int64_t>(places.size())) {
    return context.Error(StrCat("indices of ", indices.dim(1), " coordinates in a shape of ", places.size(), " axes"));
  }
  std::vector<std::int32_t> dims(places.begin(), places.end() - 1);
  const Shape& table = context.Input(kTable).shape;
  for (int axis = 1; axis < table.rank(); ++axis) dims.push_back(table.dim(axis));
  const Result<Shape> shape = Shape::Make(dims);
  if (!shape.ok()) return context.Error(shape.status().message());
  return context.SetOutputShape(0, *shape);
}

Status PrepareEmbeddingLookupSparse(PrepareContext& context) {
  for (const int input : {kIds, kIndices}) {
    TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {ElementType::kInt32}));
  }
  for (const int input : {kWeights, kTable}) {
    TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {ElementType::kFloat32}));
  }
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  const Shape& table = context.Input(kTable).shape;
  const Shape& output = context.Output(0).shape;
  const int depth = context.Input(kIndices).shape.dim(1);
  const Lookup lookup{.count = context.Input(kIds).shape.dim(0),
                      .rows = table.dim(0),
                      .size = table.Product(1, table.rank()),
                      .depth = depth,
                      .places = Shape(output.dims().first(static_cast<std::size_t>(depth - 1))),
                      .combiner = context.attributes<EmbeddingLookupSparseAttributes>().combiner};
  return context.Emit("reference.embedding_lookup_sparse",
                      [lookup](const RunContext& run) -> Status { return lookup.Run(run); });
}

}  // namespace tfld::engine::reference
