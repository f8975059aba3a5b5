// SLICE: output = input[begin : begin + size] on each axis; a size of -1 takes the rest of the axis.
//
// The begins decide about the shape only where a size is -1; otherwise they are read when the kernel runs.
#include <algorithm>

#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kBegin = 1;
constexpr int kSize = 2;

template <typename Index>
Result<std::int64_t> Offset(const Index* begin, const Shape& input, const Shape& output) {
  const Strides strides = DenseStrides(input);
  std::int64_t offset = 0;
  for (int axis = 0; axis < input.rank(); ++axis) {
    const std::int64_t first = begin[axis];
    if (first < 0 || first > input.dim(axis) - output.dim(axis)) {
      return OutOfRange(StrCat("begin ", first, " is out of range: axis ", axis, " of size ", output.dim(axis),
                               " is taken from one of size ", input.dim(axis)));
    }
    offset += first * strides[static_cast<std::size_t>(axis)];
  }
  return offset;
}

Status CheckBegins(const OpContext& context, const Shape& output) {
  const auto begins = context.ConstantInts(kBegin);
  if (!begins.ok()) return {};  // not known yet
  const auto offset = Offset(begins->data(), context.Input(0).shape, output);
  return offset.ok() ? Status() : context.Error(offset.status().message());
}

}  // namespace

Status InferSlice(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kBegin, {ElementType::kInt32, ElementType::kInt64}));
  TFLD_ASSIGN_OR_RETURN(const auto sizes, context.ConstantInts(kSize));
  Shape shape = context.Input(0).shape;
  const auto rank = static_cast<std::size_t>(shape.rank());
  const std::int64_t begins = context.Input(kBegin).shape.NumElements();
  if (sizes.size() != rank || begins != shape.rank()) {
    return context.Error(StrCat(begins, " begins and ", sizes.size(), " sizes for rank ", rank));
  }
  std::vector<std::int32_t> begin(rank);
  if (std::ranges::find(sizes, -1) != sizes.end()) {
    TFLD_ASSIGN_OR_RETURN(begin, context.ConstantInts(kBegin));
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const int axis = static_cast<int>(i);
    const std::int64_t size = sizes[i] == -1 ? std::int64_t{shape.dim(axis)} - begin[i] : sizes[i];
    if (size < 0 || size > shape.dim(axis)) {
      return context.Error(
          StrCat("begin ", begin[i], " and size ", sizes[i], " do not fit to axis ", axis, " of ", shape.ToString()));
    }
    shape.set_dim(axis, static_cast<std::int32_t>(size));
  }
  TFLD_RETURN_IF_ERROR(CheckBegins(context, shape));
  return context.SetOutputShape(0, shape);
}

Status PrepareSlice(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape input = context.Input(0).shape;
  const StridedBox box{
      .shape = context.Output(0).shape, .from = DenseStrides(input), .to = DenseStrides(context.Output(0).shape)};
  const bool is_long = context.Input(kBegin).type == ElementType::kInt64;
  return DispatchMovable(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.slice", [=](const RunContext& run) -> Status {
      TFLD_ASSIGN_OR_RETURN(const std::int64_t offset, is_long
                                                           ? Offset(run.Input<std::int64_t>(kBegin), input, box.shape)
                                                           : Offset(run.Input<std::int32_t>(kBegin), input, box.shape));
      const std::int64_t count = box.shape.NumElements();
      if (count > 0) CopyBox(box, InputElements<T>(run, 0) + offset, OutputElements<T>(run, 0, count));
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
