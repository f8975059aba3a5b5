// CUMSUM: running sums along an axis; without the element itself when exclusive, from the end when reverse.
#include "engine/kernels/reference/axes.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"

namespace tfld::engine::reference {
namespace {

constexpr int kAxis = 1;

struct Line {
  std::int64_t outer, size, inner;
  bool exclusive, reverse;
};

template <typename T>
T Add(T a, T b) {
  if constexpr (kIsFloat<T>) {
    return a + b;
  } else {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
}

template <typename T>
void SumLine(const Line& line, const T* input, T* output) {
  T sum{};
  for (std::int64_t k = 0; k < line.size; ++k) {
    const std::int64_t at = (line.reverse ? line.size - 1 - k : k) * line.inner;
    const T next = Add(sum, input[at]);
    output[at] = line.exclusive ? sum : next;
    sum = next;
  }
}

}  // namespace

Status PrepareCumsum(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  const Shape& shape = context.Input(0).shape;
  TFLD_ASSIGN_OR_RETURN(const auto axes, context.ConstantInts(kAxis));
  if (axes.size() != 1) return context.Error(StrCat(axes.size(), " axes; expected 1"));
  TFLD_ASSIGN_OR_RETURN(const int axis, ResolveAxis(context, axes[0], shape.rank()));
  const auto& attributes = context.attributes<CumsumAttributes>();
  const Line line{.outer = shape.Product(0, axis),
                  .size = shape.dim(axis),
                  .inner = shape.Product(axis + 1, shape.rank()),
                  .exclusive = attributes.exclusive,
                  .reverse = attributes.reverse};
  return DispatchType<float, std::int32_t, std::int64_t>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        return context.Emit("reference.cumsum", [line](const RunContext& run) -> Status {
          for (std::int64_t o = 0; o < line.outer; ++o) {
            for (std::int64_t i = 0; i < line.inner; ++i) {
              const std::int64_t first = o * line.size * line.inner + i;
              SumLine(line, run.Input<T>(0) + first, run.Output<T>(0) + first);
            }
          }
          return {};
        });
      });
}

}  // namespace tfld::engine::reference
