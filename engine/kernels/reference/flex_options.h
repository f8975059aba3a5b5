// The options of custom operators: a FlexBuffers map from names to numbers.
//
// The bytes come from the model and are verified before anything is read from them. What is neither a number nor a
// bool is left out, so it counts as missing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

class FlexOptions {
 public:
  // The options of the context's node, which must outlive them; INVALID_ARGUMENT when they are not a sound map. A node
  // without options has an empty map.
  static Result<FlexOptions> Read(const OpContext& context);

  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  // Each an error that names the option when it is missing (or outside of int32); numbers convert into one another.
  Result<std::int32_t> Int(std::string_view name) const;
  // The same, and not below `min` nor above `max`.
  Result<std::int32_t> IntBetween(std::string_view name, std::int32_t min, std::int32_t max) const;
  Result<float> Float(std::string_view name) const;
  Result<bool> Bool(std::string_view name) const;

 private:
  struct Entry {
    std::string name;
    std::int64_t integer;
    double number;
  };

  explicit FlexOptions(const OpContext& context) : context_(&context) {}
  const Entry* Find(std::string_view name) const;
  Result<const Entry*> Require(std::string_view name) const;

  const OpContext* context_;
  std::vector<Entry> entries_;
};

}  // namespace tfld::engine::reference
