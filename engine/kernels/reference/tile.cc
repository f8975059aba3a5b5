// TILE: the input, repeated along each axis as often as input 1 says.
#include <cstring>
#include <limits>

#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kMultiples = 1;

struct Tiling {
  Shape input;
  std::array<std::int32_t, kMaxRank> multiples{};
  std::size_t element_bytes = 0;

  // Writes the part of the input from `axis` on, repeated; returns where the next part begins on both sides.
  struct Ends {
    const std::byte* from;
    std::byte* to;
  };
  Ends Write(int axis, const std::byte* from, std::byte* to) const {
    std::byte* const first = to;
    if (axis == input.rank()) {
      std::memcpy(to, from, element_bytes);
      return {from + element_bytes, to + element_bytes};
    }
    const std::int64_t size = input.dim(axis);
    if (axis + 1 == input.rank()) {
      const std::size_t bytes = static_cast<std::size_t>(size) * element_bytes;
      std::memcpy(to, from, bytes);
      from += bytes;
      to += bytes;
    } else {
      for (std::int64_t i = 0; i < size; ++i) {
        const Ends ends = Write(axis + 1, from, to);
        from = ends.from;
        to = ends.to;
      }
    }
    const auto bytes = static_cast<std::size_t>(to - first);
    for (std::int32_t i = 1; i < multiples[static_cast<std::size_t>(axis)]; ++i, to += bytes) {
      std::memcpy(to, first, bytes);
    }
    return {from, to};
  }
};

}  // namespace

Status InferTile(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto multiples, context.ConstantInts(kMultiples));
  Shape shape = context.Input(0).shape;
  if (multiples.size() != static_cast<std::size_t>(shape.rank())) {
    return context.Error(StrCat(multiples.size(), " multiples for rank ", shape.rank()));
  }
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const std::int32_t multiple = multiples[static_cast<std::size_t>(axis)];
    const std::int64_t size = std::int64_t{multiple} * shape.dim(axis);
    if (multiple < 0 || size > std::numeric_limits<std::int32_t>::max()) {
      return context.Error(StrCat("axis ", axis, " of ", shape.ToString(), " is repeated ", multiple, " times"));
    }
    shape.set_dim(axis, static_cast<std::int32_t>(size));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareTile(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const auto multiples, context.ConstantInts(kMultiples));
  Tiling tiling{.input = context.Input(0).shape};
  std::copy(multiples.begin(), multiples.end(), tiling.multiples.begin());
  const bool is_empty = context.Output(0).shape.NumElements() == 0;
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    tiling.element_bytes = sizeof(T);
    return context.Emit("reference.tile", [tiling, is_empty](const RunContext& run) -> Status {
      if (!is_empty) tiling.Write(0, run.Input<std::byte>(0), run.Output<std::byte>(0));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
