// HASHTABLE, HASHTABLE_IMPORT, HASHTABLE_FIND, HASHTABLE_SIZE: a table that a session fills once and then reads.
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/resource_handle.h"
#include "engine/kernels/reference/text.h"
#include "engine/kernels/session_services.h"
#include "engine/tensor/string_tensor.h"

namespace tfld::engine::reference {
namespace {

Result<HashTable*> FindTable(const RunContext& run) {
  const std::int32_t handle = *run.Input<std::int32_t>(kHandle);
  HashTable* table = run.services != nullptr ? run.services->FindTable(handle) : nullptr;
  if (table == nullptr) return InvalidArgument(StrCat("there is no hash table ", handle));
  return table;
}

// Elements as bytes, of strings and of types of a fixed size alike.
struct Elements {
  explicit Elements(const Value& value)
      : is_text(value.type == ElementType::kString),
        size(static_cast<std::size_t>(ElementBits(value.type)) / 8),
        count(static_cast<std::size_t>(value.shape.NumElements())) {}

  std::string Get(const std::byte* tensor, std::size_t index) const {
    if (is_text) return std::string(StringReader(tensor)[index]);
    return {reinterpret_cast<const char*>(tensor) + index * size, size};
  }

  bool is_text;
  std::size_t size;
  std::size_t count;
};

// The output's elements, in order.
Status Write(const RunContext& run, const Elements& elements, std::span<const std::string> values) {
  if (!elements.is_text) {
    auto* output = run.Output<std::byte>(0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::memcpy(output + i * elements.size, values[i].data(), elements.size);
    }
    return {};
  }
  TFLD_ASSIGN_OR_RETURN(std::byte* const output, run.resizer->Resize(0, StringTensorBytes(values)));
  WriteStrings(values, output);
  return {};
}

}  // namespace

Status InferHashtable(InferContext& context) { return InferHandle(context); }

Status PrepareHashtable(PrepareContext& context) {
  return EmitHandle(context, "reference.hashtable", context.attributes<HashtableAttributes>().resource);
}

Status PrepareHashtableImport(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckHandle(context));
  const auto types = {ElementType::kInt64, ElementType::kInt32, ElementType::kFloat32, ElementType::kString};
  TFLD_RETURN_IF_ERROR(context.RequireInputType(1, types));
  TFLD_RETURN_IF_ERROR(context.RequireInputType(2, types));
  const Elements keys(context.Input(1));
  const Elements values(context.Input(2));
  if (keys.count != values.count) {
    return context.Error(StrCat(keys.count, " keys for ", values.count, " values"));
  }
  return context.Emit("reference.hashtable_import", [keys, values](const RunContext& run) -> Status {
    TFLD_ASSIGN_OR_RETURN(HashTable* const table, FindTable(run));
    if (table->is_filled) return {};
    for (std::size_t i = 0; i < keys.count; ++i) {
      table->entries.insert_or_assign(keys.Get(run.Input<std::byte>(1), i), values.Get(run.Input<std::byte>(2), i));
    }
    table->is_filled = true;
    return {};
  });
}

Status InferHashtableFind(InferContext& context) { return context.SetOutputShape(0, context.Input(1).shape); }

Status PrepareHashtableFind(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckHandle(context));
  const Elements keys(context.Input(1));
  const Elements values(context.Output(0));
  if (context.Input(2).type != context.Output(0).type || context.Input(2).shape.NumElements() < 1) {
    return context.Error("the default is not one element of the output's type");
  }
  return context.Emit("reference.hashtable_find", [keys, values](const RunContext& run) -> Status {
    TFLD_ASSIGN_OR_RETURN(HashTable* const table, FindTable(run));
    const std::string absent = values.Get(run.Input<std::byte>(2), 0);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < keys.count; ++i) {
      const auto entry = table->entries.find(keys.Get(run.Input<std::byte>(1), i));
      found.push_back(entry == table->entries.end() ? absent : entry->second);
      if (!values.is_text && found.back().size() != values.size) {
        return InvalidArgument("the table holds values of another type");
      }
    }
    return Write(run, values, found);
  });
}

Status InferHashtableSize(InferContext& context) { return context.SetOutputShape(0, {1}); }

Status PrepareHashtableSize(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckHandle(context));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kInt64}));
  return context.Emit("reference.hashtable_size", [](const RunContext& run) -> Status {
    TFLD_ASSIGN_OR_RETURN(const HashTable* table, FindTable(run));
    *run.Output<std::int64_t>(0) = static_cast<std::int64_t>(table->entries.size());
    return {};
  });
}

}  // namespace tfld::engine::reference
