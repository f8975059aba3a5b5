// GATHER: output = input[.., indices, ..] along an axis, for each batch when batch_dims is not 0.
//
// The output's shape is input[:axis] + indices[batch_dims:] + input[axis + 1:].
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 1;

struct Geometry {
  int axis = 0, batch_dims = 0;
  std::int64_t batches = 1, outer = 1, size = 0, indices = 0;
  std::int64_t inner = 1;  // elements
};

Result<Geometry> MakeGeometry(const OpContext& context) {
  const Value& input = context.Input(0);
  const Shape& indices = context.Input(kIndices).shape;
  const auto& attributes = context.attributes<GatherAttributes>();
  Geometry g;
  TFLD_ASSIGN_OR_RETURN(g.axis, ResolveAxis(context, attributes.axis, input.shape.rank()));
  g.batch_dims = attributes.batch_dims < 0 ? attributes.batch_dims + indices.rank() : attributes.batch_dims;
  if (g.batch_dims < 0 || g.batch_dims > indices.rank() || g.batch_dims > g.axis) {
    return context.Error(StrCat("batch_dims ", attributes.batch_dims, " does not fit to axis ", g.axis,
                                " and indices of shape ", indices.ToString()));
  }
  for (int i = 0; i < g.batch_dims; ++i) {
    if (input.shape.dim(i) != indices.dim(i)) {
      return context.Error(StrCat("batches of ", input.shape.ToString(), " and ", indices.ToString(), " differ"));
    }
  }
  g.batches = input.shape.Product(0, g.batch_dims);
  g.outer = input.shape.Product(g.batch_dims, g.axis);
  g.size = input.shape.dim(g.axis);
  g.indices = indices.Product(g.batch_dims, indices.rank());
  g.inner = input.shape.Product(g.axis + 1, input.shape.rank());
  return g;
}

// T is what the elements are moved in, of which an inner block has `inner`.
template <typename T, typename Index>
Status Gather(const Geometry& g, std::int64_t inner, const RunContext& run) {
  auto input = InputElements<T>(run, 0);
  auto output = OutputElements<T>(run, 0, g.batches * g.outer * g.indices * inner);
  const Index* indices = run.Input<Index>(kIndices);
  for (std::int64_t batch = 0; batch < g.batches; ++batch, indices += g.indices) {
    for (std::int64_t outer = 0; outer < g.outer; ++outer) {
      for (std::int64_t i = 0; i < g.indices; ++i) {
        const std::int64_t index = indices[i];
        if (index < 0 || index >= g.size) {
          return OutOfRange(StrCat("index ", index, " is out of range for an axis of ", g.size));
        }
        CopyElements(input + index * inner, output, inner);
        output = output + inner;
      }
      input = input + g.size * inner;
    }
  }
  return {};
}

}  // namespace

Status InferGather(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry g, MakeGeometry(context));
  const Shape& input = context.Input(0).shape;
  const Shape& indices = context.Input(kIndices).shape;
  if (input.rank() - 1 + indices.rank() - g.batch_dims > kMaxRank) return context.Error("the output has too many axes");
  Shape shape;
  for (int i = 0; i < g.axis; ++i) shape.Append(input.dim(i));
  for (int i = g.batch_dims; i < indices.rank(); ++i) shape.Append(indices.dim(i));
  for (int i = g.axis + 1; i < input.rank(); ++i) shape.Append(input.dim(i));
  return context.SetOutputShape(0, shape);
}

Status PrepareGather(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry g, MakeGeometry(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchUnits(context, context.Input(0).type, [&]<typename T>(TypeTag<T>, std::int64_t units) -> Status {
    const std::int64_t inner = g.inner * units;
    return DispatchType<std::int32_t, std::int64_t, std::int16_t>(
        context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.gather",
                              [g, inner](const RunContext& run) -> Status { return Gather<T, Index>(g, inner, run); });
        });
  });
}

}  // namespace tfld::engine::reference
