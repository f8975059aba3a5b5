// UNIQUE: the different elements of a row, in the order in which they first appear, and for each element which of these
// it is. The shape of the first output lies in the data.
#include <algorithm>
#include <numeric>

#include "engine/kernels/reference/constant_input.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kValues = 0;
constexpr int kIndices = 1;

// NaN comes last, and is equal to NaN.
template <typename T>
bool Less(T a, T b) {
  if constexpr (kIsFloat<T>) {
    if (a != a || b != b) return a == a;
  }
  return a < b;
}

// Writes into first[i] where the value of element i stands first; `order` is scratch. Returns how many values there
// are.
template <typename T>
std::int32_t FindFirsts(const T* elements, std::int32_t count, std::int32_t* order, std::int32_t* first) {
  std::iota(order, order + count, 0);
  std::sort(order, order + count, [elements](std::int32_t a, std::int32_t b) {
    if (Less(elements[a], elements[b])) return true;
    return Less(elements[b], elements[a]) ? false : a < b;
  });
  std::int32_t values = 0;
  for (std::int32_t i = 0; i < count; ++i) {
    const bool is_new = i == 0 || Less(elements[order[i - 1]], elements[order[i]]);
    values += is_new ? 1 : 0;
    first[order[i]] = is_new ? order[i] : first[order[i - 1]];
  }
  return values;
}

template <typename Function>
Status DispatchValues(const OpContext& context, Function&& function) {
  return DispatchType<float, std::int8_t, std::uint8_t, std::int16_t, std::int32_t, std::int64_t>(
      context, context.Input(0).type, function);
}

}  // namespace

Status InferUnique(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kIndices, context.Input(0).shape));
  return DispatchValues(context, [&]<typename T>(TypeTag<T>) -> Status {
    TFLD_ASSIGN_OR_RETURN(const auto elements, ConstantElements<T>(context, 0));
    const auto count = static_cast<std::int32_t>(elements.size());
    std::vector<std::int32_t> order(elements.size()), first(elements.size());
    return context.SetOutputShape(kValues, Shape{FindFirsts(elements.data(), count, order.data(), first.data())});
  });
}

Status PrepareUnique(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, kValues));
  const std::int32_t count = context.Input(0).shape.dim(0);
  const std::int64_t room = context.Output(kValues).shape.NumElements();
  const std::size_t bytes = static_cast<std::size_t>(count) * sizeof(std::int32_t);
  const int order = context.RequestScratch(bytes), first = context.RequestScratch(bytes);
  return DispatchValues(context, [&]<typename T>(TypeTag<T>) -> Status {
    return DispatchType<std::int32_t, std::int64_t>(
        context, context.Output(kIndices).type, [&]<typename Index>(TypeTag<Index>) -> Status {
          return context.Emit("reference.unique", [=](const RunContext& run) -> Status {
            const T* elements = run.Input<T>(0);
            const auto* firsts = run.Scratch<std::int32_t>(first);
            const std::int32_t values =
                FindFirsts(elements, count, run.Scratch<std::int32_t>(order), run.Scratch<std::int32_t>(first));
            if (values != room) return Internal(StrCat(values, " different values; planned for ", room));
            Index* indices = run.Output<Index>(kIndices);
            Index next = 0;
            for (std::int32_t i = 0; i < count; ++i) {
              if (firsts[i] == i) {
                run.Output<T>(kValues)[next] = elements[i];
                indices[i] = next++;
              } else {
                indices[i] = indices[firsts[i]];
              }
            }
            return {};
          });
        });
  });
}

}  // namespace tfld::engine::reference
