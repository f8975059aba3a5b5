// BITCAST: the same bytes as elements of another type. A larger type takes the last axis away, a smaller one adds one.
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {

Status InferBitcast(InferContext& context) {
  const Value& input = context.Input(0);
  const int from = ElementBits(input.type), to = ElementBits(context.Output(0).type);
  const auto error = [&] {
    return context.Error(StrCat(ElementTypeName(input.type), " of shape ", input.shape.ToString(),
                                " cannot be seen as ", ElementTypeName(context.Output(0).type)));
  };
  if (from < 8 || to < 8) return error();
  Shape shape = input.shape;
  if (from > to) {
    if (shape.rank() == kMaxRank) return error();
    shape.Append(from / to);
  } else if (from < to) {
    if (shape.rank() == 0 || shape.dim(shape.rank() - 1) != to / from) return error();
    shape = Shape(input.shape.dims().first(static_cast<std::size_t>(shape.rank() - 1)));
  }
  return context.SetOutputShape(0, shape);
}

// The planner usually gives input and output the same memory; then there is nothing to do.
Status PrepareBitcast(PrepareContext& context) {
  return context.Emit("reference.bitcast", [bytes = context.Input(0).byte_size()](const RunContext& run) -> Status {
    const auto* input = run.Input<std::byte>(0);
    auto* output = run.Output<std::byte>(0);
    if (input != output && bytes > 0) std::memcpy(output, input, bytes);
    return {};
  });
}

}  // namespace tfld::engine::reference
