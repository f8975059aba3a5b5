// Complex numbers: shape rules and preparations, by file.
#pragma once

#include <complex>

#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine {

template <>
struct ElementTypeOf<std::complex<double>> {
  static constexpr auto value = ElementType::kComplex128;
};

namespace reference {

using Complex128 = std::complex<double>;

// complex.cc; the shape rule is that of other functions of one element
Status PrepareReal(PrepareContext& context);
Status PrepareImag(PrepareContext& context);
Status PrepareComplexAbs(PrepareContext& context);

// rfft2d.cc
Status InferRfft2d(InferContext& context);
Status PrepareRfft2d(PrepareContext& context);

}  // namespace reference
}  // namespace tfld::engine
