// Functions of one element, or of two that broadcast: the loops that operators fill with their definition.
//
// A function that is not defined everywhere comes with a test of its input (of the second one, when it has two); the
// first element that fails it ends the run with an error.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/kernels/reference/broadcast.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/requantize.h"

namespace tfld::engine::reference {

// Both inputs of one type, and the output too unless it is `output_type` by definition.
inline Status RequireSameInputTypes(const OpContext& context) {
  if (context.Input(1).type == context.Input(0).type) return {};
  return context.Error(StrCat("inputs of types ", ElementTypeName(context.Input(0).type), " and ",
                              ElementTypeName(context.Input(1).type)));
}

inline Status RequireSameTypes(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  return context.num_inputs() > 1 ? context.RequireSameType(1, 0) : Status();
}

// All inputs and the output.
inline Status RequireAllQuantized(const OpContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) TFLD_RETURN_IF_ERROR(context.RequireQuantized(context.Input(i)));
  return context.RequireQuantized(context.Output(0));
}

template <typename In, typename Out = In, typename Function>
Status EmitUnary(PrepareContext& context, std::string_view name, Function function) {
  const std::int64_t count = context.Input(0).shape.NumElements();
  return context.Emit(name, [count, function](const RunContext& run) -> Status {
    const In* input = run.Input<In>(0);
    Out* output = run.Output<Out>(0);
    for (std::int64_t i = 0; i < count; ++i) output[i] = function(input[i]);
    return {};
  });
}

template <typename In, typename Out = In, typename Function>
Status EmitBinary(PrepareContext& context, std::string_view name, Function function) {
  const Broadcast broadcast(context.Input(0).shape, context.Input(1).shape);
  return context.Emit(name, [broadcast, function](const RunContext& run) -> Status {
    broadcast.Apply(run.Input<In>(0), run.Input<In>(1), run.Output<Out>(0), function);
    return {};
  });
}

// Where a partial function is defined, and what to say where it is not.
template <typename Accepts>
struct Domain {
  Accepts accepts;
  std::string_view otherwise;  // a literal

  template <typename T>
  Status Check(const T* elements, std::int64_t count) const {
    for (std::int64_t i = 0; i < count; ++i) {
      if (!accepts(elements[i])) return InvalidArgument(StrCat("element ", i, ": ", otherwise));
    }
    return {};
  }
};
template <typename Accepts>
Domain(Accepts, std::string_view) -> Domain<Accepts>;

template <typename T, typename Accepts, typename Function>
Status EmitPartialUnary(PrepareContext& context, std::string_view name, Domain<Accepts> domain, Function function) {
  const std::int64_t count = context.Input(0).shape.NumElements();
  return context.Emit(name, [count, domain, function](const RunContext& run) -> Status {
    const T* input = run.Input<T>(0);
    TFLD_RETURN_IF_ERROR(domain.Check(input, count));
    T* output = run.Output<T>(0);
    for (std::int64_t i = 0; i < count; ++i) output[i] = function(input[i]);
    return {};
  });
}

template <typename T, typename Accepts, typename Function>
Status EmitPartialBinary(PrepareContext& context, std::string_view name, Domain<Accepts> domain, Function function) {
  const Broadcast broadcast(context.Input(0).shape, context.Input(1).shape);
  const std::int64_t count = context.Input(1).shape.NumElements();
  return context.Emit(name, [broadcast, count, domain, function](const RunContext& run) -> Status {
    TFLD_RETURN_IF_ERROR(domain.Check(run.Input<T>(1), count));
    broadcast.Apply(run.Input<T>(0), run.Input<T>(1), run.Output<T>(0), function);
    return {};
  });
}

}  // namespace tfld::engine::reference
