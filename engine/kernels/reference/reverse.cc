// REVERSE_V2: the order of the elements turned round along the axes that input 1 names.
// REVERSE_SEQUENCE: for each batch, the first elements of an axis turned round, as many as input 1 says.
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/elements.h"
#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

struct Reversal {
  StridedBox box;
  std::int64_t offset = 0;  // of the element that comes first
};

Result<Reversal> MakeReversal(const Shape& shape, const std::int32_t* axes, std::int64_t num_axes) {
  Reversal reversal{.box = {.shape = shape, .from = DenseStrides(shape), .to = DenseStrides(shape)}};
  for (std::int64_t i = 0; i < num_axes; ++i) {
    const std::int32_t axis = axes[i] < 0 ? axes[i] + shape.rank() : axes[i];
    if (axis < 0 || axis >= shape.rank()) {
      return OutOfRange(StrCat("axis ", axes[i], " is out of range for rank ", shape.rank()));
    }
    std::int64_t& stride = reversal.box.from[static_cast<std::size_t>(axis)];
    if (stride < 0) return InvalidArgument(StrCat("axis ", axis, " is named twice"));
    reversal.offset += (shape.dim(axis) - 1) * stride;
    stride = -stride;
  }
  return reversal;
}

struct Sequences {
  std::int64_t outer, first, middle, second, inner;  // the product of axes before, one axis, those between, ..
  bool batch_is_second = false;

  std::int64_t batches() const { return batch_is_second ? second : first; }
  std::int64_t steps() const { return batch_is_second ? first : second; }
};

template <typename T, typename Length>
void ReverseSequences(const Sequences& s, const Length* lengths, const T* from, T* to) {
  const auto at = [&s](std::int64_t o, std::int64_t i, std::int64_t m, std::int64_t j) {
    return (((o * s.first + i) * s.middle + m) * s.second + j) * s.inner;
  };
  for (std::int64_t o = 0; o < s.outer; ++o) {
    for (std::int64_t i = 0; i < s.first; ++i) {
      for (std::int64_t m = 0; m < s.middle; ++m) {
        for (std::int64_t j = 0; j < s.second; ++j) {
          const std::int64_t length = lengths[s.batch_is_second ? j : i];
          const std::int64_t step = s.batch_is_second ? i : j;
          const std::int64_t source = step < length ? length - 1 - step : step;
          const std::int64_t position = s.batch_is_second ? at(o, source, m, j) : at(o, i, m, source);
          CopyElements(from + position, to + at(o, i, m, j), s.inner);
        }
      }
    }
  }
}

constexpr int kAxes = 1;
constexpr int kLengths = 1;

}  // namespace

Status PrepareReverse(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kAxes, {ElementType::kInt32}));
  const Shape shape = context.Input(0).shape;
  const std::int64_t num_axes = context.Input(kAxes).shape.NumElements();
  if (const auto axes = context.Constant<std::int32_t>(kAxes)) {
    const auto reversal = MakeReversal(shape, axes->data(), num_axes);
    if (!reversal.ok()) return context.Error(reversal.status().message());
  }
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.reverse", [shape, num_axes](const RunContext& run) -> Status {
      TFLD_ASSIGN_OR_RETURN(const Reversal reversal, MakeReversal(shape, run.Input<std::int32_t>(kAxes), num_axes));
      if (shape.NumElements() > 0) CopyBox(reversal.box, run.Input<T>(0) + reversal.offset, run.Output<T>(0));
      return {};
    });
  });
}

Status PrepareReverseSequence(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& shape = context.Input(0).shape;
  const auto& attributes = context.attributes<ReverseSequenceAttributes>();
  TFLD_ASSIGN_OR_RETURN(const int steps, ResolveAxis(context, attributes.seq_dim, shape.rank()));
  TFLD_ASSIGN_OR_RETURN(const int batch, ResolveAxis(context, attributes.batch_dim, shape.rank()));
  if (steps == batch) return context.Error(StrCat("axis ", batch, " is that of the batch and that of the sequence"));
  const int first = std::min(steps, batch), second = std::max(steps, batch);
  const Sequences sequences{.outer = shape.Product(0, first),
                            .first = shape.dim(first),
                            .middle = shape.Product(first + 1, second),
                            .second = shape.dim(second),
                            .inner = shape.Product(second + 1, shape.rank()),
                            .batch_is_second = batch == second};
  if (context.Input(kLengths).shape.NumElements() != sequences.batches()) {
    return context.Error(
        StrCat(context.Input(kLengths).shape.NumElements(), " lengths for ", sequences.batches(), " sequences"));
  }
  return DispatchElementSize(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchType<std::int32_t, std::int64_t>(
        context, context.Input(kLengths).type, [&]<typename Length>(TypeTag<Length>) -> Status {
          return context.Emit("reference.reverse_sequence", [sequences](const RunContext& run) -> Status {
            const auto* lengths = run.Input<Length>(kLengths);
            for (std::int64_t i = 0; i < sequences.batches(); ++i) {
              if (lengths[i] >= 0 && lengths[i] <= sequences.steps()) continue;
              return OutOfRange(StrCat("length ", lengths[i], " is out of range for ", sequences.steps(), " steps"));
            }
            ReverseSequences(sequences, lengths, run.Input<T>(0), run.Output<T>(0));
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
