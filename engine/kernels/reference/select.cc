// SELECT and SELECT_V2: for each element of the condition, the element of the second or of the third input.
//
// SELECT_V2 broadcasts all three; SELECT takes a scalar condition, or one for each part along the first axis.
#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kCondition = 0, kThen = 1, kElse = 2;

// The strides of an operand in the order of the output: 0 where it repeats.
Strides RepeatingStrides(const Shape& operand, const Shape& output) {
  const Strides dense = DenseStrides(operand);
  Strides strides{};
  const int missing = output.rank() - operand.rank();
  for (int axis = 0; axis < operand.rank(); ++axis) {
    if (operand.dim(axis) != 1)
      strides[static_cast<std::size_t>(axis + missing)] = dense[static_cast<std::size_t>(axis)];
  }
  return strides;
}

struct Selection {
  Shape shape;
  Strides condition{}, then{}, otherwise{};

  template <typename T>
  void Run(const bool* c, const T* a, const T* b, T*& output, int axis = 0) const {
    if (axis == shape.rank()) {
      *output++ = *c ? *a : *b;
      return;
    }
    const auto at = static_cast<std::size_t>(axis);
    for (std::int64_t i = 0; i < shape.dim(axis); ++i) {
      Run(c + i * condition[at], a + i * then[at], b + i * otherwise[at], output, axis + 1);
    }
  }
};

// As a shape that broadcasts: [n] becomes [n, 1, ...] beside operands of more axes.
Result<Shape> SelectConditionShape(const OpContext& context) {
  const Shape& condition = context.Input(kCondition).shape;
  const Shape& then = context.Input(kThen).shape;
  if (condition == then || condition.rank() == 0) return condition;
  const bool single = condition.NumElements() == 1 && then.NumElements() == 1;
  if (!single && (condition.rank() != 1 || then.rank() == 0 || condition.dim(0) != then.dim(0))) {
    return context.Error(StrCat("a condition of shape ", condition.ToString(), " does not fit to ", then.ToString()));
  }
  Shape shape;
  for (int axis = 0; axis < then.rank(); ++axis) shape.Append(axis == 0 ? condition.dim(0) : 1);
  return shape;
}

// Where all are one element, the shape that the model declares tells which of their ranks is meant.
bool IsDeclaredSingle(const OpContext& context) {
  for (const int operand : {kCondition, kThen, kElse}) {
    if (context.Input(operand).shape.NumElements() != 1) return false;
  }
  return context.Output(0).shape.NumElements() == 1;
}

Status EmitSelect(PrepareContext& context, const Shape& condition) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kCondition, {ElementType::kBool}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kThen, 0));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kElse, 0));
  // One element has no axes to go along, whatever the operands' ranks are.
  const Shape output = IsDeclaredSingle(context) ? Shape() : context.Output(0).shape;
  const Selection selection{.shape = output,
                            .condition = RepeatingStrides(condition, output),
                            .then = RepeatingStrides(context.Input(kThen).shape, output),
                            .otherwise = RepeatingStrides(context.Input(kElse).shape, output)};
  return DispatchElementSize(context, context.Output(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.select", [selection](const RunContext& run) -> Status {
      T* to = run.Output<T>(0);
      if (selection.shape.NumElements() > 0) {
        selection.Run(run.Input<bool>(kCondition), run.Input<T>(kThen), run.Input<T>(kElse), to);
      }
      return {};
    });
  });
}

}  // namespace

Status InferSelect(InferContext& context) {
  if (IsDeclaredSingle(context)) return {};
  const Shape& then = context.Input(kThen).shape;
  if (!(then == context.Input(kElse).shape)) {
    return context.Error(
        StrCat("operands of shapes ", then.ToString(), " and ", context.Input(kElse).shape.ToString()));
  }
  TFLD_ASSIGN_OR_RETURN([[maybe_unused]] const Shape condition, SelectConditionShape(context));
  return context.SetOutputShape(0, then);
}

Status PrepareSelect(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Shape condition, SelectConditionShape(context));
  return EmitSelect(context, condition);
}

Status InferSelectV2(InferContext& context) {
  if (IsDeclaredSingle(context)) return {};
  TFLD_ASSIGN_OR_RETURN(const Shape shape,
                        BroadcastShape(context, context.Input(kThen).shape, context.Input(kElse).shape));
  TFLD_ASSIGN_OR_RETURN(const Shape all, BroadcastShape(context, context.Input(kCondition).shape, shape));
  return context.SetOutputShape(0, all);
}

Status PrepareSelectV2(PrepareContext& context) { return EmitSelect(context, context.Input(kCondition).shape); }

}  // namespace tfld::engine::reference
