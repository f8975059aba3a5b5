// SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL over constant axes.
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/lookup_table.h"
#include "engine/kernels/reference/reduction.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {
namespace {

// Folds the stored numbers into the output itself.
template <typename T, typename Function>
Status EmitFold(PrepareContext& context, std::string_view name, const Reduction& reduction, T start,
                Function function) {
  return context.Emit(name, [reduction, start, function](const RunContext& run) -> Status {
    T* output = run.Output<T>(0);
    std::fill_n(output, reduction.outputs, start);
    reduction.Fold(run.Input<T>(0), output, [function](T& total, T element) { total = function(total, element); });
    return {};
  });
}

// Folds into accumulators of another type; finish makes an output of each.
template <typename T, typename Accumulator, typename Function, typename Finish>
Status EmitFoldInScratch(PrepareContext& context, std::string_view name, const Reduction& reduction, Function function,
                         Finish finish) {
  const int scratch = context.RequestScratch(static_cast<std::size_t>(reduction.outputs) * sizeof(Accumulator));
  return context.Emit(name, [reduction, function, finish, scratch](const RunContext& run) -> Status {
    auto* accumulators = run.Scratch<Accumulator>(scratch);
    std::fill_n(accumulators, reduction.outputs, Accumulator{});
    reduction.Fold(run.Input<T>(0), accumulators, function);
    for (std::int64_t i = 0; i < reduction.outputs; ++i) run.Output<T>(0)[i] = finish(accumulators[i]);
    return {};
  });
}

template <typename T>
T Saturate(std::int32_t value) {
  return static_cast<T>(std::clamp<std::int32_t>(value, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

// What an output of a quantized sum is, from the sum of the stored numbers: in fixed point for uint8, in float for the
// others, as TensorFlow Lite has it.
template <typename T>
Status EmitQuantizedSum(PrepareContext& context, const Reduction& reduction) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  const auto add = [](std::int32_t& sum, T element) { sum = WrappingAdd(sum, element); };
  const std::int32_t zero = output.zero_point();
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    TFLD_ASSIGN_OR_RETURN(
        const QuantizedMultiplier by,
        RequireMultiplier(context, static_cast<double>(input.scale()) / static_cast<double>(output.scale())));
    const auto zeros = static_cast<std::int32_t>(input.zero_point() * reduction.elements);
    return EmitFoldInScratch<T, std::int32_t>(context, "reference.sum", reduction, add, [=](std::int32_t sum) {
      return static_cast<T>(AddAndClamp(Multiply(WrappingSub(sum, zeros), by), zero, std::numeric_limits<T>::min(),
                                        std::numeric_limits<T>::max()));
    });
  } else {
    const float scale = input.scale() / output.scale();
    const float bias = static_cast<float>(-input.zero_point()) * scale * static_cast<float>(reduction.elements);
    return EmitFoldInScratch<T, std::int32_t>(context, "reference.sum", reduction, add, [=](std::int32_t sum) {
      const float rounded = std::round(static_cast<float>(sum) * scale + bias);
      return Saturate<T>(std::clamp(SaturatingCast(rounded), -(1 << 24), 1 << 24) + zero);
    });
  }
}

// Every factor is rescaled by input scale / (output scale)^(1/n), so that the product stays in range.
template <typename T>
Status EmitQuantizedProduct(PrepareContext& context, const Reduction& reduction) {
  struct Product {
    std::int32_t value;
    bool started;
  };
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
  TFLD_RETURN_IF_ERROR(context.RequireQuantized(output));
  const double root = std::pow(static_cast<double>(output.scale()),
                               1.0 / static_cast<double>(std::max<std::int64_t>(reduction.elements, 1)));
  TFLD_ASSIGN_OR_RETURN(const QuantizedMultiplier by,
                        RequireMultiplier(context, static_cast<double>(input.scale()) / root));
  if (by.shift > 7) return context.Error("the input's scale is out of range");
  const auto rescale = [by](std::int64_t product) { return static_cast<std::int32_t>(Multiply(product, by)); };
  return EmitFoldInScratch<T, Product>(
      context, "reference.reduce_prod", reduction,
      [rescale, zero = input.zero_point()](Product& product, T element) {
        const std::int64_t factor = element - zero;
        product.value = product.started ? rescale(product.value * factor) : static_cast<std::int32_t>(factor);
        product.started = true;
      },
      [rescale, zero = output.zero_point()](const Product& product) {
        return product.started ? Saturate<T>(WrappingAdd(rescale(product.value), zero)) : T{};
      });
}

struct Sum {
  static constexpr std::string_view kName = "reference.sum";
  template <typename T>
  static constexpr T kStart = T{0};
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (kIsFloat<T>) {
      return a + b;
    } else if constexpr (std::is_same_v<T, bool>) {
      return a || b;
    } else {
      return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    }
  }
};

struct Product {
  static constexpr std::string_view kName = "reference.reduce_prod";
  template <typename T>
  static constexpr T kStart = T{1};
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (kIsFloat<T>) {
      return a * b;
    } else if constexpr (std::is_same_v<T, bool>) {
      return a && b;
    } else {
      return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    }
  }
};

struct Max {
  static constexpr std::string_view kName = "reference.reduce_max";
  template <typename T>
  static constexpr T kStart = std::numeric_limits<T>::lowest();
  template <typename T>
  T operator()(T a, T b) const {
    return b > a ? b : a;
  }
};

struct Min {
  static constexpr std::string_view kName = "reference.reduce_min";
  template <typename T>
  static constexpr T kStart = std::numeric_limits<T>::max();
  template <typename T>
  T operator()(T a, T b) const {
    return b < a ? b : a;
  }
};

// Sums and products of quantized numbers have their own arithmetic; extrema compare what is stored.
template <typename Function>
Status PrepareReduction(PrepareContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Reduction reduction, MakeReduction(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const bool quantized = !context.Input(0).quantization->empty();
  return DispatchType<float, std::int32_t, std::int64_t, std::int8_t, std::uint8_t, std::int16_t, bool>(
      context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (kIsQuantized<T>) {
          if constexpr (std::is_same_v<Function, Sum>) return EmitQuantizedSum<T>(context, reduction);
          if constexpr (std::is_same_v<Function, Product>) {
            if (quantized) return EmitQuantizedProduct<T>(context, reduction);
          } else {
            if (quantized) TFLD_RETURN_IF_ERROR(RequireSameQuantization(context, 0, 0));
          }
        }
        return EmitFold<T>(context, Function::kName, reduction, Function::template kStart<T>, Function{});
      });
}

Status PrepareLogical(PrepareContext& context, std::string_view name, bool start) {
  TFLD_ASSIGN_OR_RETURN(const Reduction reduction, MakeReduction(context));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kBool}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  // A single element that differs from the start decides.
  return EmitFold<bool>(context, name, reduction, start, [start](bool a, bool b) { return b == start ? a : b; });
}

}  // namespace

Status PrepareSum(PrepareContext& context) { return PrepareReduction<Sum>(context); }
Status PrepareReduceProd(PrepareContext& context) { return PrepareReduction<Product>(context); }
Status PrepareReduceMax(PrepareContext& context) { return PrepareReduction<Max>(context); }
Status PrepareReduceMin(PrepareContext& context) { return PrepareReduction<Min>(context); }
Status PrepareReduceAny(PrepareContext& context) { return PrepareLogical(context, "reference.reduce_any", false); }
Status PrepareReduceAll(PrepareContext& context) { return PrepareLogical(context, "reference.reduce_all", true); }

}  // namespace tfld::engine::reference
