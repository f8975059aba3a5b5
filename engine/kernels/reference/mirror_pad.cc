// MIRROR_PAD: the input with more elements before and behind on each axis, which repeat it backwards: from the second
// element on when reflecting, from the first one on when symmetric.
#include <limits>

#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kPaddings = 1;

struct MirrorPad {
  Shape input, output;
  Strides strides{};
  std::array<std::int32_t, kMaxRank> before{};
  std::int64_t border = 0;  // 1 when the outermost element is not repeated

  std::int64_t Source(int axis, std::int64_t index) const {
    const std::int64_t size = input.dim(axis), position = index - before[static_cast<std::size_t>(axis)];
    if (position < 0) return -position - 1 + border;
    return position < size ? position : 2 * size - 1 - position - border;
  }

  template <typename T>
  T* Write(int axis, const T* from, T* to) const {
    if (axis == output.rank()) {
      *to = *from;
      return to + 1;
    }
    for (std::int64_t i = 0; i < output.dim(axis); ++i) {
      to = Write(axis + 1, from + Source(axis, i) * strides[static_cast<std::size_t>(axis)], to);
    }
    return to;
  }
};

Result<MirrorPad> ReadPaddings(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const auto paddings, context.ConstantInts(kPaddings));
  const Shape& input = context.Input(0).shape;
  if (paddings.size() != 2 * static_cast<std::size_t>(input.rank())) {
    return context.Error(StrCat(paddings.size(), " paddings for rank ", input.rank()));
  }
  MirrorPad pad{.input = input, .output = input, .strides = DenseStrides(input)};
  pad.border = context.attributes<MirrorPadAttributes>().is_symmetric ? 0 : 1;
  for (int axis = 0; axis < input.rank(); ++axis) {
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t before = paddings[2 * at], behind = paddings[2 * at + 1];
    const std::int64_t most = std::max<std::int64_t>(input.dim(axis) - pad.border, 0);
    const std::int64_t size = before + input.dim(axis) + behind;
    if (before < 0 || behind < 0 || before > most || behind > most || size > std::numeric_limits<std::int32_t>::max()) {
      return context.Error(StrCat("paddings ", before, " and ", behind, " of axis ", axis, " of ", input.ToString(),
                                  "; expected 0 to ", most));
    }
    pad.before[at] = paddings[2 * at];
    pad.output.set_dim(axis, static_cast<std::int32_t>(size));
  }
  return pad;
}

}  // namespace

Status InferMirrorPad(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const MirrorPad pad, ReadPaddings(context));
  return context.SetOutputShape(0, pad.output);
}

Status PrepareMirrorPad(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const MirrorPad pad, ReadPaddings(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.mirror_pad", [pad](const RunContext& run) -> Status {
      if (pad.output.NumElements() > 0) pad.Write(0, run.Input<T>(0), run.Output<T>(0));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
