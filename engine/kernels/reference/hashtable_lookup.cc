// HASHTABLE_LOOKUP: for each key, the slice of the values that stands where the ascending table of keys has it, or
// zeros; and whether it was there.
#include <algorithm>

#include "engine/kernels/reference/movable.h"
#include "engine/kernels/reference/movement.h"

namespace tfld::engine::reference {
namespace {

constexpr int kLookup = 0;
constexpr int kKeys = 1;
constexpr int kValues = 2;
constexpr int kSlices = 0;
constexpr int kHits = 1;

}  // namespace

Status InferHashtableLookup(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kLookup, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kKeys, 1, 1));
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(kValues, 1, kMaxRank));
  Shape shape = context.Input(kValues).shape;
  if (context.Input(kKeys).shape.dim(0) != shape.dim(0)) {
    return context.Error(StrCat(context.Input(kKeys).shape.dim(0), " keys for ", shape.dim(0), " values"));
  }
  shape.set_dim(0, context.Input(kLookup).shape.dim(0));
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(kSlices, shape));
  return context.SetOutputShape(kHits, context.Input(kLookup).shape);
}

Status PrepareHashtableLookup(PrepareContext& context) {
  for (const int input : {kLookup, kKeys}) {
    TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {ElementType::kInt32}));
  }
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kHits, {ElementType::kUInt8}));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(kValues, kSlices));
  const Shape& values = context.Input(kValues).shape;
  const std::int64_t lookups = context.Input(kLookup).shape.dim(0), rows = values.dim(0);
  const std::int64_t size = values.Product(1, values.rank());
  return DispatchElementSize(context, context.Input(kValues).type, [&]<typename T>(TypeTag<T>) -> Status {
    return context.Emit("reference.hashtable_lookup", [lookups, rows, size](const RunContext& run) -> Status {
      const auto* keys = run.Input<std::int32_t>(kKeys);
      T* output = run.Output<T>(kSlices);
      for (std::int64_t i = 0; i < lookups; ++i, output += size) {
        const std::int32_t key = run.Input<std::int32_t>(kLookup)[i];
        const auto* found = std::lower_bound(keys, keys + rows, key);
        const bool is_hit = found != keys + rows && *found == key;
        if (is_hit) {
          CopyElements(run.Input<T>(kValues) + (found - keys) * size, output, size);
        } else {
          std::fill_n(output, size, T{});
        }
        run.Output<std::uint8_t>(kHits)[i] = is_hit ? 1 : 0;
      }
      return {};
    });
  });
}

}  // namespace tfld::engine::reference
