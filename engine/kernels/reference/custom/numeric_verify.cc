// NumericVerify: the difference between a quantized tensor's values and those of its float twin, which the debugger of
// TensorFlow Lite's quantizer puts into models. Fails when one is above tolerance * scale and log_if_failed is set.
#include <cmath>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/custom/custom.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/half.h"

namespace tfld::engine::reference {
namespace {

constexpr int kTwin = 1;
constexpr float kLeastTolerance = 0.1F;  // below it differences are only computed

struct Check {
  bool fails = false;
  float limit = 0;

  static Result<Check> Read(const OpContext& context) {
    TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
    TFLD_ASSIGN_OR_RETURN(const float tolerance, options.Float("tolerance"));
    bool fails = false;
    if (options.Has("log_if_failed")) {
      TFLD_ASSIGN_OR_RETURN(fails, options.Bool("log_if_failed"));
    }
    return Check{.fails = fails && tolerance >= kLeastTolerance, .limit = tolerance * context.Input(0).scale()};
  }
};

}  // namespace

Status InferNumericVerify(InferContext& context) {
  if (context.Input(0).shape != context.Input(kTwin).shape) return context.Error("the inputs differ in shape");
  return context.SetOutputShape(0, context.Input(0).shape);
}

Status PrepareNumericVerify(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(kTwin, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kFloat32}));
  const Value& input = context.Input(0);
  TFLD_ASSIGN_OR_RETURN(const Check check, Check::Read(context));
  return DispatchType<std::int8_t, std::uint8_t, std::int16_t, Half>(
      context, input.type, [&]<typename T>(TypeTag<T>) -> Status {
        if constexpr (!kIsHalf<T>) TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
        const float scale = kIsHalf<T> ? 1.0F : input.scale();
        const auto zero_point = static_cast<float>(kIsHalf<T> ? 0 : input.zero_point());
        return context.Emit(
            "reference.numeric_verify", [=, count = input.shape.NumElements()](const RunContext& run) -> Status {
              for (std::int64_t i = 0; i < count; ++i) {
                const float value = scale * (static_cast<float>(run.Input<T>(0)[i]) - zero_point);
                const float difference = value - run.Input<float>(kTwin)[i];
                run.Output<float>(0)[i] = difference;
                if (check.fails && std::abs(difference) > check.limit) {
                  return OutOfRange(
                      StrCat("element ", i, " is ", value, ", off by ", difference, "; allowed is ", check.limit));
                }
              }
              return {};
            });
      });
}

}  // namespace tfld::engine::reference
