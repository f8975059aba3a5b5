// REAL, IMAG, COMPLEX_ABS: a part of each complex number, or its magnitude, in float for complex64 and in double for
// complex128.
#include "engine/kernels/reference/complex.h"

#include "engine/kernels/reference/elementwise.h"

namespace tfld::engine::reference {
namespace {

template <typename Function>
Status PreparePart(PrepareContext& context, std::string_view name, Function function) {
  return DispatchType<Complex64, Complex128>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    using Real = typename T::value_type;
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {kElementTypeOf<Real>}));
    return EmitUnary<T, Real>(context, name, function);
  });
}

}  // namespace

Status PrepareReal(PrepareContext& context) {
  return PreparePart(context, "reference.real", [](const auto& number) { return number.real(); });
}

Status PrepareImag(PrepareContext& context) {
  return PreparePart(context, "reference.imag", [](const auto& number) { return number.imag(); });
}

Status PrepareComplexAbs(PrepareContext& context) {
  return PreparePart(context, "reference.complex_abs", [](const auto& number) { return std::abs(number); });
}

}  // namespace tfld::engine::reference
