// GATHER: output = input[.., indices, ..] along an axis, for each batch when batch_dims is not 0.
//
// The output's shape is input[:axis] + indices[batch_dims:] + input[axis + 1:].
#include <cstring>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kIndices = 1;

struct Geometry {
  int axis = 0, batch_dims = 0;
  std::int64_t batches = 1, outer = 1, size = 0, indices = 0;
  std::size_t inner_bytes = 0;
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
  g.inner_bytes = ByteSize(input.type, input.shape.Product(g.axis + 1, input.shape.rank()));
  return g;
}

template <typename Index>
Status Gather(const Geometry& g, const RunContext& run) {
  const auto* input = run.Input<std::byte>(0);
  const Index* indices = run.Input<Index>(kIndices);
  auto* output = run.Output<std::byte>(0);
  for (std::int64_t batch = 0; batch < g.batches; ++batch, indices += g.indices) {
    for (std::int64_t outer = 0; outer < g.outer; ++outer) {
      for (std::int64_t i = 0; i < g.indices; ++i) {
        const std::int64_t index = indices[i];
        if (index < 0 || index >= g.size) {
          return OutOfRange(StrCat("index ", index, " is out of range for an axis of ", g.size));
        }
        if (g.inner_bytes > 0)
          std::memcpy(output, input + static_cast<std::size_t>(index) * g.inner_bytes, g.inner_bytes);
        output += g.inner_bytes;
      }
      input += static_cast<std::size_t>(g.size) * g.inner_bytes;
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
  if (ElementBits(context.Input(0).type) == 0 || ElementBits(context.Input(0).type) % 8 != 0) {
    return context.Unsupported(StrCat("elements of type ", ElementTypeName(context.Input(0).type), " cannot be moved"));
  }
  return DispatchType<std::int32_t, std::int64_t, std::int16_t>(
      context, context.Input(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
        return context.Emit("reference.gather", [g](const RunContext& run) -> Status { return Gather<Index>(g, run); });
      });
}

}  // namespace tfld::engine::reference
