// SPACE_TO_DEPTH: blocks of an image become the channels of one pixel: channel (dy * block + dx) * channels + c is
// channel c of the block's pixel (dy, dx). DEPTH_TO_SPACE is the way back.
//
// Both are a transposition of [batch, y, dy, x, dx, c] and [batch, y, x, dy, dx, c].
#include <limits>

#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

Status SetImage(InferContext& context, std::int64_t height, std::int64_t width, std::int64_t channels) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (height > kMost || width > kMost || channels > kMost) return context.Error("the output is too big");
  return context.SetOutputShape(0, Shape{context.Input(0).shape.dim(0), static_cast<std::int32_t>(height),
                                         static_cast<std::int32_t>(width), static_cast<std::int32_t>(channels)});
}

Result<std::int64_t> BlockSize(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  const std::int64_t block = context.attributes<BlockSizeAttributes>().block_size;
  if (block < 1) return context.Error(StrCat("block size ", block, " is not positive"));
  return block;
}

// The image as pixels of blocks: [batch, y, dy, x, dx, c]; `deep` is the shape whose channels are whole blocks.
struct Transposition {
  Shape shape;
  Strides image, deep;
};

Transposition Transpose(const Shape& deep, std::int32_t block) {
  const std::int32_t channels = deep.dim(3) / block / block;
  Transposition t;
  t.shape = Shape{deep.dim(0), deep.dim(1), block, deep.dim(2), block, channels};
  t.image = DenseStrides(t.shape);
  const Strides dense = DenseStrides(Shape{deep.dim(0), deep.dim(1), deep.dim(2), block, block, channels});
  t.deep = {dense[0], dense[1], dense[3], dense[2], dense[4], dense[5]};
  return t;
}

Status EmitBox(PrepareContext& context, std::string_view name, const StridedBox& box) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit(name, [box](const RunContext& run) -> Status {
      if (box.shape.NumElements() > 0) CopyBox(box, run.Input<T>(0), run.Output<T>(0));
      return {};
    });
  });
}

}  // namespace

Status InferSpaceToDepth(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const std::int64_t block, BlockSize(context));
  const Shape& input = context.Input(0).shape;
  if (input.dim(1) % block != 0 || input.dim(2) % block != 0) {
    return context.Error(StrCat("input of shape ", input.ToString(), " cannot be cut into blocks of ", block));
  }
  if (block * block > kMaxElements) return context.Error(StrCat("block size ", block, " is too big"));
  return SetImage(context, input.dim(1) / block, input.dim(2) / block, input.dim(3) * (block * block));
}

Status PrepareSpaceToDepth(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const std::int64_t block, BlockSize(context));
  const Transposition t = Transpose(context.Output(0).shape, static_cast<std::int32_t>(block));
  return EmitBox(context, "reference.space_to_depth", {.shape = t.shape, .from = t.image, .to = t.deep});
}

Status InferDepthToSpace(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const std::int64_t block, BlockSize(context));
  const Shape& input = context.Input(0).shape;
  if (input.dim(3) % (block * block) != 0) {
    return context.Error(StrCat(input.dim(3), " channels do not fill blocks of ", block));
  }
  return SetImage(context, input.dim(1) * block, input.dim(2) * block, input.dim(3) / (block * block));
}

Status PrepareDepthToSpace(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const std::int64_t block, BlockSize(context));
  const Transposition t = Transpose(context.Input(0).shape, static_cast<std::int32_t>(block));
  return EmitBox(context, "reference.depth_to_space", {.shape = t.shape, .from = t.deep, .to = t.image});
}

}  // namespace tfld::engine::reference
