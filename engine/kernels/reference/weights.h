// Weights as the loops of sums want them. Weights of 4 and 2 bits are widened to int8: at load when they are constant,
// else by each run.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/op_context.h"
#include "engine/kernels/reference/small_types.h"

namespace tfld::engine::reference {

inline bool IsPackedType(ElementType type) { return type == ElementType::kInt4 || type == ElementType::kInt2; }

inline void UnpackWeights(ElementType type, const void* packed, std::int64_t count, std::int8_t* out) {
  const auto* bytes = static_cast<const std::uint8_t*>(packed);
  const auto unpack = [&]<typename Small>(std::type_identity<Small>) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<std::int8_t>(Small::Read(bytes, i));
  };
  type == ElementType::kInt4 ? unpack(std::type_identity<Int4>{}) : unpack(std::type_identity<Int2>{});
}

template <typename Weight>
class WeightsReader {
 public:
  WeightsReader() = default;
  explicit WeightsReader(int input) : input_(input) {}  // as they are in the input

  // UNIMPLEMENTED when the input is not of type Weight (int8: or packed).
  static Result<WeightsReader> Make(PrepareContext& context, int input) {
    WeightsReader result(input);
    const Value& value = context.Input(input);
    if constexpr (std::is_same_v<Weight, std::int8_t>) {
      if (IsPackedType(value.type)) {
        result.SetPacked(context, value);
        return result;
      }
    }
    TFLD_RETURN_IF_ERROR(context.RequireInputType(input, {kElementTypeOf<Weight>}));
    return result;
  }

  const Weight* operator()(const RunContext& run) const {
    if constexpr (std::is_same_v<Weight, std::int8_t>) {
      if (unpacked_ != nullptr) return unpacked_->data();
      if (scratch_ >= 0) {
        auto* unpacked = run.Scratch<Weight>(scratch_);
        UnpackWeights(type_, run.Input<void>(input_), count_, unpacked);
        return unpacked;
      }
    }
    return run.Input<Weight>(input_);
  }

 private:
  void SetPacked(PrepareContext& context, const Value& value) {
    type_ = value.type;
    count_ = value.shape.NumElements();
    const auto size = static_cast<std::size_t>(count_);
    if (!value.is_constant) {
      scratch_ = context.RequestScratch(size);
      return;
    }
    auto unpacked = std::make_shared<std::vector<std::int8_t>>(size);
    UnpackWeights(type_, value.data.data(), count_, unpacked->data());
    unpacked_ = std::move(unpacked);
  }

  int input_ = 0;
  int scratch_ = -1;  // where each run unpacks to
  ElementType type_ = ElementType::kInt8;
  std::int64_t count_ = 0;
  std::shared_ptr<const std::vector<std::int8_t>> unpacked_;
};

}  // namespace tfld::engine::reference
