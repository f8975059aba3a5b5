// SEGMENT_SUM: the sums of neighbouring slices that have the same number; the numbers count up from 0 without gaps.
// UNSORTED_SEGMENT_SUM, _PROD, _MIN, _MAX: the same for any numbers below the one that input 2 says; slices with a
// negative number are left out. A segment without slices holds what does not change the others.
#include <algorithm>
#include <limits>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"
#include "engine/kernels/reference/wrapping.h"

namespace tfld::engine::reference {
namespace {

constexpr int kData = 0;
constexpr int kSegments = 1;
constexpr int kNumSegments = 2;

struct Sum {
  template <typename T>
  static constexpr T kFirst = T{0};
  template <typename T>
  T operator()(T a, T b) const {
    return WrappingSum(a, b);
  }
};

struct Product {
  template <typename T>
  static constexpr T kFirst = T{1};
  template <typename T>
  T operator()(T a, T b) const {
    return WrappingProduct(a, b);
  }
};

struct Least {
  template <typename T>
  static constexpr T kFirst = std::numeric_limits<T>::max();
  template <typename T>
  T operator()(T a, T b) const {
    return std::min(a, b);
  }
};

struct Greatest {
  template <typename T>
  static constexpr T kFirst = std::numeric_limits<T>::lowest();
  template <typename T>
  T operator()(T a, T b) const {
    return std::max(a, b);
  }
};

template <typename Fold>
Status EmitSegments(PrepareContext& context, std::string_view name) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kData, 0));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kSegments, {ElementType::kInt32}));
  const Shape& output = context.Output(0).shape;
  const std::int64_t slices = context.Input(kSegments).shape.NumElements();
  const std::int64_t segments = output.dim(0), size = output.Product(1, output.rank());
  return DispatchType<float, std::int32_t>(context, context.Input(kData).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit(name, [slices, segments, size](const RunContext& run) -> Status {
      T* folded = run.Output<T>(0);
      std::fill_n(folded, segments * size, Fold::template kFirst<T>);
      const T* data = run.Input<T>(kData);
      for (std::int64_t i = 0; i < slices; ++i, data += size) {
        const std::int64_t segment = run.Input<std::int32_t>(kSegments)[i];
        if (segment >= segments) {
          return OutOfRange(StrCat("segment ", segment, " is out of range for ", segments, " segments"));
        }
        if (segment < 0) continue;
        T* to = folded + segment * size;
        for (std::int64_t k = 0; k < size; ++k) to[k] = Fold{}(to[k], data[k]);
      }
      return {};
    });
  });
}

}  // namespace

Status InferSegmentSum(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kData, 1, kMaxRank));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kSegments, 1, 1));
  Shape shape = context.Input(kData).shape;
  if (context.Input(kSegments).shape.dim(0) != shape.dim(0)) {
    return context.Error(
        StrCat(context.Input(kSegments).shape.dim(0), " segment numbers for ", shape.dim(0), " slices"));
  }
  TFLD_ASSIGN_OR_RETURN(const auto segments, ConstantElements<std::int32_t>(context, kSegments));
  std::int32_t count = 0;
  for (const std::int32_t segment : segments) {
    if (segment != count && (count == 0 || segment != count - 1)) {
      return context.Error(StrCat("segment ", segment, " follows ", count - 1, "; expected the same or the next"));
    }
    count = segment + 1;
  }
  shape.set_dim(0, count);
  return context.SetOutputShape(0, shape);
}

Status PrepareSegmentSum(PrepareContext& context) { return EmitSegments<Sum>(context, "reference.segment_sum"); }

Status InferUnsortedSegment(InferContext& context) {
  const Shape& data = context.Input(kData).shape;
  const Shape& segments = context.Input(kSegments).shape;
  const auto rank = static_cast<std::size_t>(segments.rank());
  if (segments.rank() > data.rank() || !std::ranges::equal(segments.dims(), data.dims().first(rank))) {
    return context.Error(
        StrCat("segment numbers of shape ", segments.ToString(), " for data of shape ", data.ToString()));
  }
  if (data.rank() - segments.rank() + 1 > kMaxRank) return context.Error("the output has too many axes");
  TFLD_ASSIGN_OR_RETURN(const std::int32_t count, ConstantScalar<std::int32_t>(context, kNumSegments));
  Shape shape{count};
  for (int axis = segments.rank(); axis < data.rank(); ++axis) shape.Append(data.dim(axis));
  return context.SetOutputShape(0, shape);
}

Status PrepareUnsortedSegmentSum(PrepareContext& context) {
  return EmitSegments<Sum>(context, "reference.unsorted_segment_sum");
}
Status PrepareUnsortedSegmentProd(PrepareContext& context) {
  return EmitSegments<Product>(context, "reference.unsorted_segment_prod");
}
Status PrepareUnsortedSegmentMin(PrepareContext& context) {
  return EmitSegments<Least>(context, "reference.unsorted_segment_min");
}
Status PrepareUnsortedSegmentMax(PrepareContext& context) {
  return EmitSegments<Greatest>(context, "reference.unsorted_segment_max");
}

}  // namespace tfld::engine::reference
