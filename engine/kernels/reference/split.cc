// SPLIT, SPLIT_V and UNPACK: one input cut along an axis into several outputs; UNPACK drops the axis.
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

// The inputs of SPLIT are {axis, value}; those of SPLIT_V {value, sizes, axis}.
Result<int> SplitAxis(const OpContext& context, int axis_input, int value_input) {
  TFLD_ASSIGN_OR_RETURN(const auto axis, context.ConstantInts(axis_input));
  if (axis.size() != 1) return context.Error(StrCat("expected one axis, not ", axis.size()));
  return ResolveAxis(context, axis[0], context.Input(value_input).shape.rank());
}

// Copies, block by block along the outer axes, as many elements to each output as its part of the axis has.
Status EmitParts(PrepareContext& context, std::string_view name, int value_input, int axis) {
  const Value& value = context.Input(value_input);
  for (int i = 0; i < context.num_outputs(); ++i) TFLD_RETURN_IF_ERROR(context.RequireSameType(value_input, i));
  return DispatchUnits(context, value.type, [&]<typename T>(TypeTag<T>, std::int64_t units) -> Status {
    const std::int64_t outer = value.shape.Product(0, axis);
    std::vector<std::int64_t> parts;
    for (int i = 0; i < context.num_outputs(); ++i) {
      parts.push_back(outer == 0 ? 0 : context.Output(i).shape.NumElements() / outer * units);
    }
    return context.Emit(name, [outer, parts, value_input](const RunContext& run) -> Status {
      std::int64_t stride = 0, offset = 0;
      for (const std::int64_t part : parts) stride += part;
      const auto input = InputElements<T>(run, value_input);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto output = OutputElements<T>(run, static_cast<int>(i), outer * parts[i]);
        for (std::int64_t n = 0; n < outer; ++n) {
          CopyElements(input + (n * stride + offset), output + n * parts[i], parts[i]);
        }
        offset += parts[i];
      }
      return {};
    });
  });
}

constexpr int kSplitAxis = 0, kSplitValue = 1;
constexpr int kSplitVValue = 0, kSplitVSizes = 1, kSplitVAxis = 2;

}  // namespace

Status InferSplit(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, SplitAxis(context, kSplitAxis, kSplitValue));
  Shape shape = context.Input(kSplitValue).shape;
  if (shape.dim(axis) % context.num_outputs() != 0) {
    return context.Error(
        StrCat("axis ", axis, " of ", shape.ToString(), " cannot be split into ", context.num_outputs()));
  }
  shape.set_dim(axis, shape.dim(axis) / context.num_outputs());
  for (int i = 0; i < context.num_outputs(); ++i) TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, shape));
  return {};
}

Status PrepareSplit(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, SplitAxis(context, kSplitAxis, kSplitValue));
  return EmitParts(context, "reference.split", kSplitValue, axis);
}

Status InferSplitV(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, SplitAxis(context, kSplitVAxis, kSplitVValue));
  TFLD_ASSIGN_OR_RETURN(const auto sizes, context.ConstantInts(kSplitVSizes));
  Shape shape = context.Input(kSplitVValue).shape;
  std::int64_t known = 0;
  int open = 0;
  for (const std::int32_t size : sizes) {
    if (size < -1) return context.Error(StrCat("a part of size ", size));
    open += size == -1 ? 1 : 0;
    known += size == -1 ? 0 : size;
  }
  const std::int64_t rest = shape.dim(axis) - known;
  if (sizes.size() != static_cast<std::size_t>(context.num_outputs()) || open > 1 || rest < 0 ||
      (open == 0 && rest != 0)) {
    return context.Error(StrCat("the sizes do not divide axis ", axis, " of ", shape.ToString(), " among ",
                                context.num_outputs(), " outputs"));
  }
  for (int i = 0; i < context.num_outputs(); ++i) {
    const std::int32_t size = sizes[static_cast<std::size_t>(i)];
    shape.set_dim(axis, size == -1 ? static_cast<std::int32_t>(rest) : size);
    TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, shape));
  }
  return {};
}

Status PrepareSplitV(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, SplitAxis(context, kSplitVAxis, kSplitVValue));
  return EmitParts(context, "reference.split_v", kSplitVValue, axis);
}

Status InferUnpack(InferContext& context) {
  const Shape& input = context.Input(0).shape;
  TFLD_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context, context.attributes<PackAttributes>().axis, input.rank()));
  if (input.dim(axis) != context.num_outputs()) {
    return context.Error(
        StrCat("axis ", axis, " of ", input.ToString(), " does not give ", context.num_outputs(), " outputs"));
  }
  Shape shape;
  for (int i = 0; i < input.rank(); ++i) {
    if (i != axis) shape.Append(input.dim(i));
  }
  for (int i = 0; i < context.num_outputs(); ++i) TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, shape));
  return {};
}

Status PrepareUnpack(PrepareContext& context) {
  const int rank = context.Input(0).shape.rank();
  TFLD_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context, context.attributes<PackAttributes>().axis, rank));
  return EmitParts(context, "reference.unpack", 0, axis);
}

}  // namespace tfld::engine::reference
