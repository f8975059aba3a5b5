// STRIDED_SLICE: input[begin:end:stride] on each axis, as in NumPy, with masks for what is left out.
//
// The rule is TensorFlow's: an ellipsis stands for all axes that are not named, a new axis inserts a dimension of 1, a
// shrunk axis takes one index and vanishes. It works on constant begins, ends and strides.
#include <algorithm>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

struct Slice {
  Shape output;
  StridedBox box;           // over the input's axes
  std::int64_t offset = 0;  // of the first element in the input
};

// What one entry of the specification asks of one input axis.
struct Entry {
  std::int64_t begin, end, stride;
  bool begin_open, end_open;
  bool end_is_size;  // `end` counts from the begin, wherever that is
  bool shrink;
};

class SliceBuilder {
 public:
  explicit SliceBuilder(const OpContext& context)
      : context_(context), input_(context.Input(0).shape), strides_(DenseStrides(input_)) {}

  Result<Slice> Build() {
    const auto& attributes = context_.attributes<StridedSliceAttributes>();
    TFLD_ASSIGN_OR_RETURN(const auto begin, context_.ConstantInts(1));
    TFLD_ASSIGN_OR_RETURN(const auto end, context_.ConstantInts(2));
    TFLD_ASSIGN_OR_RETURN(const auto stride, context_.ConstantInts(3));
    const std::size_t entries = begin.size();
    if (end.size() != entries || stride.size() != entries || entries > 2 * kMaxRank) {
      return context_.Error(StrCat(entries, " begins, ", end.size(), " ends, ", stride.size(), " strides"));
    }
    bool ellipsis_seen = false;
    for (std::size_t i = 0; i < entries; ++i) {
      const std::uint32_t bit = std::uint32_t{1} << i;
      if ((attributes.ellipsis_mask & bit) != 0) {
        if (ellipsis_seen) return context_.Error("more than one ellipsis");
        ellipsis_seen = true;
        TFLD_RETURN_IF_ERROR(TakeEllipsis(NamedAxesAfter(i, entries, attributes)));
      } else if ((attributes.new_axis_mask & bit) != 0) {
        TFLD_RETURN_IF_ERROR(AppendOutput(1));
      } else {
        TFLD_RETURN_IF_ERROR(TakeAxis({.begin = begin[i],
                                       .end = end[i],
                                       .stride = stride[i],
                                       .begin_open = (attributes.begin_mask & bit) != 0,
                                       .end_open = (attributes.end_mask & bit) != 0,
                                       .end_is_size = attributes.offset,
                                       .shrink = (attributes.shrink_axis_mask & bit) != 0}));
      }
    }
    TFLD_RETURN_IF_ERROR(TakeEllipsis(0));
    FinishBox();
    return slice_;
  }

 private:
  static int NamedAxesAfter(std::size_t entry, std::size_t entries, const StridedSliceAttributes& attributes) {
    int count = 0;
    for (std::size_t i = entry + 1; i < entries; ++i) count += (attributes.new_axis_mask >> i & 1) == 0 ? 1 : 0;
    return count;
  }

  Status AppendOutput(std::int64_t size) {
    if (slice_.output.rank() == kMaxRank) return context_.Error("the output has too many axes");
    slice_.output.Append(static_cast<std::int32_t>(size));
    return {};
  }

  // Whole axes, until `remaining` are left for the entries to come.
  Status TakeEllipsis(int remaining) {
    while (slice_.box.shape.rank() < input_.rank() - remaining) {
      TFLD_RETURN_IF_ERROR(TakeAxis({.begin = 0,
                                     .end = 0,
                                     .stride = 1,
                                     .begin_open = true,
                                     .end_open = true,
                                     .end_is_size = false,
                                     .shrink = false}));
    }
    return {};
  }

  Status TakeAxis(const Entry& entry) {
    const int axis = slice_.box.shape.rank();
    if (axis >= input_.rank()) return context_.Error(StrCat("more indices than axes of ", input_.ToString()));
    const std::int64_t size = input_.dim(axis);
    if (entry.stride == 0) return context_.Error(StrCat("the stride of axis ", axis, " is 0"));
    const bool forward = entry.stride > 0;
    // Positions range over [0, size] forward and [-1, size - 1] backward.
    const std::int64_t lowest = forward ? 0 : -1;
    const std::int64_t highest = forward ? size : size - 1;
    const auto position = [&](std::int64_t index) {
      return std::clamp(index < 0 ? index + size : index, lowest, highest);
    };
    std::int64_t first = entry.begin_open ? (forward ? 0 : size - 1) : position(entry.begin);
    std::int64_t count = 0;
    if (entry.shrink) {
      if (size == 0) return context_.Error(StrCat("axis ", axis, " has no elements to take one of"));
      first = std::clamp<std::int64_t>(first, 0, size - 1);
      count = 1;
    } else {
      const std::int64_t last = entry.end_open      ? (forward ? size : -1)
                                : entry.end_is_size ? std::clamp(first + entry.end, lowest, highest)
                                                    : position(entry.end);
      const std::int64_t span = forward ? last - first : first - last;
      const std::int64_t step = forward ? entry.stride : -entry.stride;
      count = span > 0 ? (span + step - 1) / step : 0;
      TFLD_RETURN_IF_ERROR(AppendOutput(count));
    }
    const auto at = static_cast<std::size_t>(axis);
    slice_.box.shape.Append(static_cast<std::int32_t>(count));
    // Where there is no next element, the distance to it may be as large as the model says.
    slice_.box.from[at] = count > 1 ? entry.stride * strides_[at] : 0;
    slice_.offset += first * strides_[at];
    return {};
  }

  void FinishBox() { slice_.box.to = DenseStrides(slice_.box.shape); }

  const OpContext& context_;
  const Shape& input_;
  const Strides strides_;
  Slice slice_;
};

}  // namespace

Status InferStridedSlice(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Slice slice, SliceBuilder(context).Build());
  return context.SetOutputShape(0, slice.output);
}

Status PrepareStridedSlice(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Slice slice, SliceBuilder(context).Build());
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.strided_slice",
                        [box = slice.box, offset = slice.offset](const RunContext& run) -> Status {
                          if (box.shape.NumElements() > 0) CopyBox(box, run.Input<T>(0) + offset, run.Output<T>(0));
                          return {};
                        });
  });
}

}  // namespace tfld::engine::reference
