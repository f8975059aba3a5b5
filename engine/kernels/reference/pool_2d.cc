// AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D: input [n, h, w, c] -> [n, oh, ow, c]. Positions outside of the input do
// not count.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/window.h"

namespace tfld::engine::reference {
namespace {

struct Geometry {
  WindowAxis y, x;
  std::int64_t batches, channels;
};

// As MakeWindowAxis, but a window that does not fit leaves no positions.
Result<WindowAxis> MakePoolAxis(const OpContext& context, std::int64_t input, std::int64_t taps, std::int64_t stride) {
  const Padding padding = context.attributes<Pool2dAttributes>().padding;
  if (padding == Padding::kSame || taps <= input) return MakeWindowAxis(context, padding, input, taps, stride, 1);
  TFLD_ASSIGN_OR_RETURN(WindowAxis axis, MakeWindowAxis(context, padding, taps, taps, stride, 1));
  axis.input = input;
  axis.output = 0;
  return axis;
}

Result<Geometry> MakeGeometry(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 4, 4));
  const Shape& input = context.Input(0).shape;
  const auto& attributes = context.attributes<Pool2dAttributes>();
  Geometry geometry{.y = {}, .x = {}, .batches = input.dim(0), .channels = input.dim(3)};
  TFLD_ASSIGN_OR_RETURN(geometry.y, MakePoolAxis(context, input.dim(1), attributes.filter_h, attributes.stride_h));
  TFLD_ASSIGN_OR_RETURN(geometry.x, MakePoolAxis(context, input.dim(2), attributes.filter_w, attributes.stride_w));
  return geometry;
}

// A pooling of T: Start value, Add of one element, Finish with the number of elements that the window covers.
template <typename T>
struct Average {
  using Accumulator = std::conditional_t<kIsFloat<T>, float, std::int32_t>;
  static constexpr Accumulator kStart{};

  static void Add(Accumulator& sum, T element) {
    if constexpr (kIsFloat<T>) {
      sum += element;
    } else {
      sum = WrappingAdd(sum, element);
    }
  }
  static Accumulator Finish(Accumulator sum, std::int64_t count) {
    if constexpr (kIsFloat<T>) {
      return sum / static_cast<float>(count);
    } else {  // rounds half away from zero
      return static_cast<Accumulator>((sum > 0 ? sum + count / 2 : sum - count / 2) / count);
    }
  }
};

template <typename T>
struct Max {
  using Accumulator = T;
  static constexpr Accumulator kStart = std::numeric_limits<T>::lowest();

  static void Add(Accumulator& max, T element) { max = std::max(max, element); }
  static Accumulator Finish(Accumulator max, std::int64_t) { return max; }
};

// The root of the mean of the squares; float only.
template <typename T>
struct RootMeanSquare {
  using Accumulator = T;
  static constexpr Accumulator kStart{};

  static void Add(Accumulator& sum, T element) { sum += element * element; }
  static Accumulator Finish(Accumulator sum, std::int64_t count) { return std::sqrt(sum / static_cast<T>(count)); }
};

template <typename Pooling, typename T>
void Pool(const Geometry& g, Range<typename Pooling::Accumulator> range, const T* input, T* output,
          typename Pooling::Accumulator* accumulators) {
  const auto pool_window = [&](const T* image, std::int64_t origin_y, std::int64_t origin_x) {
    const std::int64_t first_y = g.y.FirstTap(origin_y), end_y = g.y.EndTap(origin_y);
    const std::int64_t first_x = g.x.FirstTap(origin_x), end_x = g.x.EndTap(origin_x);
    std::fill_n(accumulators, g.channels, Pooling::kStart);
    for (std::int64_t ky = first_y; ky < end_y; ++ky) {
      const T* row = image + (origin_y + ky) * g.x.input * g.channels;
      for (std::int64_t kx = first_x; kx < end_x; ++kx) {
        const T* pixel = row + (origin_x + kx) * g.channels;
        for (std::int64_t c = 0; c < g.channels; ++c) Pooling::Add(accumulators[c], pixel[c]);
      }
    }
    return std::max<std::int64_t>(1, (end_y - first_y) * (end_x - first_x));
  };
  for (std::int64_t n = 0; n < g.batches; ++n) {
    const T* image = input + n * g.y.input * g.x.input * g.channels;
    for (std::int64_t y = 0; y < g.y.output; ++y) {
      for (std::int64_t x = 0; x < g.x.output; ++x) {
        const std::int64_t count = pool_window(image, g.y.Origin(y), g.x.Origin(x));
        for (std::int64_t c = 0; c < g.channels; ++c) {
          *output++ = static_cast<T>(range.Clamp(Pooling::Finish(accumulators[c], count)));
        }
      }
    }
  }
}

template <template <typename> typename Pooling, typename... Types>
Status PreparePool(PrepareContext& context, std::string_view name) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Activation activation = context.attributes<Pool2dAttributes>().activation;
  return DispatchType<float, Types...>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    using Accumulator = typename Pooling<T>::Accumulator;
    Range<Accumulator> range{};
    if constexpr (kIsFloat<T>) {
      TFLD_ASSIGN_OR_RETURN(range, RequireActivationRange<float>(context, activation));
    } else {
      TFLD_RETURN_IF_ERROR(RequireSameQuantization(context, 0, 0));
      TFLD_ASSIGN_OR_RETURN(const auto quantized,
                            (QuantizedActivationRange<T>(context, activation, context.Output(0))));
      range = {static_cast<Accumulator>(quantized.min), static_cast<Accumulator>(quantized.max)};
    }
    const int scratch = context.RequestScratch(static_cast<std::size_t>(geometry.channels) * sizeof(Accumulator));
    return context.Emit(name, [geometry, range, scratch](const RunContext& run) -> Status {
      Pool<Pooling<T>, T>(geometry, range, run.Input<T>(0), run.Output<T>(0), run.Scratch<Accumulator>(scratch));
      return {};
    });
  });
}

}  // namespace

Status InferPool2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Geometry geometry, MakeGeometry(context));
  const Shape& input = context.Input(0).shape;
  return context.SetOutputShape(0, {input.dim(0), static_cast<std::int32_t>(geometry.y.output),
                                    static_cast<std::int32_t>(geometry.x.output), input.dim(3)});
}

Status PrepareAveragePool2d(PrepareContext& context) {
  return PreparePool<Average, std::int8_t, std::uint8_t, std::int16_t>(context, "reference.average_pool_2d");
}

Status PrepareMaxPool2d(PrepareContext& context) {
  return PreparePool<Max, std::int8_t, std::uint8_t, std::int16_t>(context, "reference.max_pool_2d");
}

Status PrepareL2Pool2d(PrepareContext& context) { return PreparePool<RootMeanSquare>(context, "reference.l2_pool_2d"); }

}  // namespace tfld::engine::reference
