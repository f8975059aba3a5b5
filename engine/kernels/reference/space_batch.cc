// SPACE_TO_BATCH_ND: the input, padded, is cut into blocks; the elements at the same place of all blocks make one
// batch. BATCH_TO_SPACE_ND is the way back; crops take off what the padding added.
//
// A batch entry of the one side is a grid of every block-th element of the other: one strided copy a place in the
// block.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kBlock = 1;
constexpr int kBorders = 2;  // paddings or crops: {before, after} of each axis that is cut

struct Blocks {
  std::vector<std::int32_t> sizes, borders;
  std::int64_t places = 1;  // in a block
  int axes() const { return static_cast<int>(sizes.size()); }
};

Result<Blocks> ReadBlocks(const OpContext& context) {
  Blocks blocks;
  TFLD_ASSIGN_OR_RETURN(blocks.sizes, context.ConstantInts(kBlock));
  TFLD_ASSIGN_OR_RETURN(blocks.borders, context.ConstantInts(kBorders));
  const std::size_t rank = static_cast<std::size_t>(context.Input(0).shape.rank());
  if (blocks.sizes.size() + 1 > rank || blocks.borders.size() != 2 * blocks.sizes.size()) {
    return context.Error(
        StrCat(blocks.sizes.size(), " block sizes and ", blocks.borders.size(), " paddings or crops for rank ", rank));
  }
  for (const std::int32_t size : blocks.sizes) {
    if (size < 1) return context.Error(StrCat("block size ", size, " is not positive"));
    blocks.places *= size;
    if (blocks.places > std::numeric_limits<std::int32_t>::max()) return context.Error("the blocks are too big");
  }
  if (std::ranges::any_of(blocks.borders, [](std::int32_t border) { return border < 0; })) {
    return context.Error("a padding or crop is negative");
  }
  return blocks;
}

Status SetDim(const OpContext& context, Shape& shape, int axis, std::int64_t size) {
  if (size < 0 || size > std::numeric_limits<std::int32_t>::max()) {
    return context.Error(StrCat("axis ", axis, " of ", shape.ToString(), " would have size ", size));
  }
  shape.set_dim(axis, static_cast<std::int32_t>(size));
  return {};
}

// One side as it is, the other one cut into blocks.
class Geometry {
 public:
  Geometry(const Blocks& blocks, const Shape& whole, const Shape& cut)
      : whole_(whole), cut_(cut), whole_strides_(DenseStrides(whole)), cut_strides_(DenseStrides(cut)) {
    axes_ = blocks.axes();
    places_ = whole.NumElements() > 0 && cut.NumElements() > 0 ? blocks.places : 0;
    for (int i = 0; i < axes_; ++i) {
      block_[static_cast<std::size_t>(i)] = blocks.sizes[static_cast<std::size_t>(i)];
      before_[static_cast<std::size_t>(i)] = blocks.borders[static_cast<std::size_t>(2 * i)];
    }
  }

  std::int64_t places() const { return places_; }

  // The box that `place` in the blocks stands for: its shape, and strides and offsets on both sides.
  struct Grid {
    Shape shape;
    Strides whole_strides{}, cut_strides{};
    std::int64_t whole_offset = 0, cut_offset = 0;
  };
  Grid At(std::int64_t place) const {
    Grid grid{.shape = whole_, .whole_strides = whole_strides_, .cut_strides = cut_strides_};
    grid.cut_offset = place * whole_.dim(0) * cut_strides_[0];
    for (int i = axes_ - 1; i >= 0; --i) {
      const auto at = static_cast<std::size_t>(i);
      const int axis = i + 1;
      const std::int64_t shift = before_[at] - place % block_[at];  // block k lies at block_ * k - shift
      place /= block_[at];
      const std::int64_t first = shift > 0 ? (shift + block_[at] - 1) / block_[at] : 0;
      const std::int64_t behind = (whole_.dim(axis) + shift + block_[at] - 1) / block_[at];
      const std::int64_t last = whole_.dim(axis) + shift > 0 ? std::min<std::int64_t>(cut_.dim(axis), behind) : 0;
      grid.shape.set_dim(axis, static_cast<std::int32_t>(std::max<std::int64_t>(last - first, 0)));
      grid.whole_offset += (first * block_[at] - shift) * whole_strides_[at + 1];
      grid.cut_offset += first * cut_strides_[at + 1];
      grid.whole_strides[at + 1] *= block_[at];
    }
    return grid;
  }

 private:
  Shape whole_, cut_;
  Strides whole_strides_, cut_strides_;
  int axes_ = 0;
  std::int64_t places_ = 0;
  std::array<std::int64_t, kMaxRank> block_{}, before_{};
};

}  // namespace

Status InferSpaceToBatch(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Blocks blocks, ReadBlocks(context));
  Shape shape = context.Input(0).shape;
  TFLD_RETURN_IF_ERROR(SetDim(context, shape, 0, shape.dim(0) * blocks.places));
  for (int i = 0; i < blocks.axes(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t padded = std::int64_t{shape.dim(i + 1)} + blocks.borders[2 * at] + blocks.borders[2 * at + 1];
    if (padded % blocks.sizes[at] != 0) {
      return context.Error(StrCat("axis ", i + 1, ", padded to ", padded, ", is no multiple of ", blocks.sizes[at]));
    }
    TFLD_RETURN_IF_ERROR(SetDim(context, shape, i + 1, padded / blocks.sizes[at]));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareSpaceToBatch(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const Blocks blocks, ReadBlocks(context));
  const Geometry geometry(blocks, context.Input(0).shape, context.Output(0).shape);
  const std::int64_t count = context.Output(0).shape.NumElements();
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    const auto zero = ZeroElement<T>(context.Output(0));
    return context.Emit("reference.space_to_batch", [geometry, count, zero](const RunContext& run) -> Status {
      T* output = run.Output<T>(0);
      std::fill_n(output, count, zero);
      for (std::int64_t place = 0; place < geometry.places(); ++place) {
        const Geometry::Grid grid = geometry.At(place);
        if (grid.shape.NumElements() == 0) continue;
        CopyBox(StridedBox{.shape = grid.shape, .from = grid.whole_strides, .to = grid.cut_strides},
                run.Input<T>(0) + grid.whole_offset, output + grid.cut_offset);
      }
      return {};
    });
  });
}

Status InferBatchToSpace(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Blocks blocks, ReadBlocks(context));
  Shape shape = context.Input(0).shape;
  if (shape.dim(0) % blocks.places != 0) {
    return context.Error(
        StrCat("batch ", shape.dim(0), " is no multiple of the ", blocks.places, " places of a block"));
  }
  TFLD_RETURN_IF_ERROR(SetDim(context, shape, 0, shape.dim(0) / blocks.places));
  for (int i = 0; i < blocks.axes(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t size = std::int64_t{shape.dim(i + 1)} * blocks.sizes[at];
    TFLD_RETURN_IF_ERROR(SetDim(context, shape, i + 1, size - blocks.borders[2 * at] - blocks.borders[2 * at + 1]));
  }
  return context.SetOutputShape(0, shape);
}

Status PrepareBatchToSpace(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const Blocks blocks, ReadBlocks(context));
  const Geometry geometry(blocks, context.Output(0).shape, context.Input(0).shape);
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.batch_to_space", [geometry](const RunContext& run) -> Status {
      for (std::int64_t place = 0; place < geometry.places(); ++place) {
        const Geometry::Grid grid = geometry.At(place);
        if (grid.shape.NumElements() == 0) continue;
        CopyBox(StridedBox{.shape = grid.shape, .from = grid.cut_strides, .to = grid.whole_strides},
                run.Input<T>(0) + grid.cut_offset, run.Output<T>(0) + grid.whole_offset);
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
