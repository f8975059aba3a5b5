// CONCATENATION and PACK: several inputs, one behind the other along an axis, which PACK adds.
#include <limits>

#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

// Each input is `outer` blocks; the output takes a block of each input in turn.
struct Blocks {
  std::int64_t outer = 0;
  std::vector<std::int64_t> sizes;  // elements of a block, one an input
};

Status EmitBlocks(PrepareContext& context, std::string_view name, Blocks blocks) {
  return DispatchUnits(context, context.Output(0).type, [&]<typename T>(TypeTag<T>, std::int64_t units) -> Status {
    std::int64_t stride = 0;
    for (std::int64_t& size : blocks.sizes) stride += size *= units;
    return context.Emit(name, [blocks = std::move(blocks), stride](const RunContext& run) -> Status {
      const auto output = OutputElements<T>(run, 0, blocks.outer * stride);
      std::int64_t offset = 0;
      for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
        const std::int64_t size = blocks.sizes[i];
        const auto input = InputElements<T>(run, static_cast<int>(i));
        for (std::int64_t n = 0; n < blocks.outer; ++n) {
          CopyElements(input + n * size, output + (n * stride + offset), size);
        }
        offset += size;
      }
      return {};
    });
  });
}

Status CheckTypes(const OpContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!context.HasInput(i)) return context.Error(StrCat("input ", i, " is missing"));
    TFLD_RETURN_IF_ERROR(context.RequireSameType(i, 0));
  }
  return {};
}

bool SameQuantization(const Value& a, const Value& b) {
  return a.scale() == b.scale() && a.zero_point() == b.zero_point();
}

// uint8 inputs of other scales than the output's are brought to it in float.
// Source: TensorFlow Lite's reference concatenation with scaling.
struct Rescaling {
  float scale, bias;
  std::int32_t zero_point;

  std::uint8_t operator()(std::uint8_t value) const {
    return static_cast<std::uint8_t>(
        std::clamp(RoundBounded(static_cast<float>(value) * scale + bias) + zero_point, 0, 255));
  }
};

Status EmitRescaling(PrepareContext& context, const Blocks& blocks) {
  const Value& output = context.Output(0);
  const float inverse = 1.0F / output.scale();
  std::vector<Rescaling> rescalings;
  for (int i = 0; i < context.num_inputs(); ++i) {
    const Value& input = context.Input(i);
    const bool same = SameQuantization(input, output);
    const float scale = input.scale() * inverse;
    rescalings.push_back({.scale = same ? 1.0F : scale,
                          .bias = same ? 0.0F : static_cast<float>(-input.zero_point()) * scale,
                          .zero_point = same ? 0 : output.zero_point()});
  }
  return context.Emit("reference.concatenation_rescaled", [blocks, rescalings](const RunContext& run) -> Status {
    auto* to = run.Output<std::uint8_t>(0);
    for (std::int64_t n = 0; n < blocks.outer; ++n) {
      for (std::size_t i = 0; i < blocks.sizes.size(); ++i) {
        const auto* from = run.Input<std::uint8_t>(static_cast<int>(i)) + n * blocks.sizes[i];
        for (std::int64_t k = 0; k < blocks.sizes[i]; ++k) *to++ = rescalings[i](from[k]);
      }
    }
    return {};
  });
}

Result<int> ConcatenationAxis(const OpContext& context) {
  if (!context.HasInput(0)) return context.Error("input 0 is missing");
  return ResolveAxis(context, context.attributes<ConcatenationAttributes>().axis, context.Input(0).shape.rank());
}

}  // namespace

Status InferConcatenation(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, ConcatenationAxis(context));
  Shape shape = context.Input(0).shape;
  std::int64_t size = 0;
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!context.HasInput(i)) return context.Error(StrCat("input ", i, " is missing"));
    Shape other = context.Input(i).shape;
    if (other.rank() == shape.rank()) {
      size += other.dim(axis);
      other.set_dim(axis, shape.dim(axis));
    }
    if (!(other == shape)) {
      return context.Error(StrCat("input ", i, " of shape ", context.Input(i).shape.ToString(), " does not fit to ",
                                  shape.ToString(), " along axis ", axis));
    }
  }
  if (size > std::numeric_limits<std::int32_t>::max()) return context.Error("the concatenated axis is too long");
  shape.set_dim(axis, static_cast<std::int32_t>(size));
  return context.SetOutputShape(0, shape);
}

Status PrepareConcatenation(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int axis, ConcatenationAxis(context));
  TFLD_RETURN_IF_ERROR(CheckTypes(context));
  if (context.attributes<ConcatenationAttributes>().activation != Activation::kNone) {
    return context.Unsupported("a fused activation is not supported");
  }
  const Value& output = context.Output(0);
  Blocks blocks{.outer = output.shape.Product(0, axis), .sizes = {}};
  bool same_quantization = true;
  for (int i = 0; i < context.num_inputs(); ++i) {
    const Value& input = context.Input(i);
    blocks.sizes.push_back(input.shape.Product(axis, input.shape.rank()));
    same_quantization = same_quantization && SameQuantization(input, output);
  }
  if (same_quantization) return EmitBlocks(context, "reference.concatenation", std::move(blocks));
  if (output.type != ElementType::kUInt8) {
    return context.Unsupported("inputs are quantized differently than the output; supported for uint8");
  }
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  for (int i = 0; i < context.num_inputs(); ++i) TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(i)));
  return EmitRescaling(context, blocks);
}

Status InferPack(InferContext& context) {
  const Shape first = context.Input(0).shape;
  TFLD_ASSIGN_OR_RETURN(const int axis,
                        ResolveAxis(context, context.attributes<PackAttributes>().axis, first.rank() + 1));
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (!context.HasInput(i)) return context.Error(StrCat("input ", i, " is missing"));
    if (!(context.Input(i).shape == first)) {
      return context.Error(StrCat("inputs of shapes ", first.ToString(), " and ", context.Input(i).shape.ToString()));
    }
  }
  if (first.rank() == kMaxRank) return context.Error("the output has too many axes");
  Shape shape;
  for (int i = 0; i <= first.rank(); ++i) {
    if (i == axis) shape.Append(context.num_inputs());
    if (i < first.rank()) shape.Append(first.dim(i));
  }
  return context.SetOutputShape(0, shape);
}

Status PreparePack(PrepareContext& context) {
  const Value& first = context.Input(0);
  TFLD_ASSIGN_OR_RETURN(const int axis,
                        ResolveAxis(context, context.attributes<PackAttributes>().axis, first.shape.rank() + 1));
  TFLD_RETURN_IF_ERROR(CheckTypes(context));
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!SameQuantization(context.Input(i), context.Output(0))) {
      return context.Unsupported(StrCat("input ", i, " is quantized differently than the output"));
    }
  }
  const std::int64_t size = first.shape.Product(axis, first.shape.rank());
  return EmitBlocks(context, "reference.pack",
                    {.outer = first.shape.Product(0, axis),
                     .sizes = std::vector<std::int64_t>(static_cast<std::size_t>(context.num_inputs()), size)});
}

}  // namespace tfld::engine::reference
