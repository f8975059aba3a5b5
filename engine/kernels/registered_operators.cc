#include "engine/kernels/registered_operators.h"

#include <deque>
#include <mutex>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

struct Entry {
  std::unique_ptr<RegisteredOperator> added;
  Operator definition;
};

// A deque, so that entries stay where they are when others are added.
struct Registry {
  std::mutex mutex;
  std::deque<Entry> entries;

  const Entry* Find(std::string_view name) {
    const std::scoped_lock lock(mutex);
    for (const Entry& entry : entries) {
      if (entry.added->name() == name) return &entry;
    }
    return nullptr;
  }
};

Registry& TheRegistry() {
  static auto& registry = *new Registry();  // used until the process ends
  return registry;
}

Status InferRegistered(InferContext& context) {
  return TheRegistry().Find(context.node().custom_name)->added->Infer(context);
}

Status PrepareRegistered(PrepareContext& context) {
  return TheRegistry().Find(context.node().custom_name)->added->Prepare(context);
}

}  // namespace

Status AddOperator(std::unique_ptr<RegisteredOperator> added) {
  Node node;
  node.custom_name = added->name();
  if (FindOperator(node) != nullptr) {
    return AlreadyExists(StrCat("there is a custom operator ", added->name(), " already"));
  }
  Registry& registry = TheRegistry();
  const std::scoped_lock lock(registry.mutex);
  Operator definition{.code = OpCode::kCustom,
                      .custom_name = added->name(),
                      .max_version = added->max_version(),
                      .arity = added->arity(),
                      .infer = InferRegistered,
                      .prepare = PrepareRegistered,
                      .foldable = false};  // it may keep state of its own
  registry.entries.push_back({std::move(added), definition});
  return {};
}

const Operator* FindRegistered(std::string_view custom_name) {
  const Entry* entry = TheRegistry().Find(custom_name);
  return entry == nullptr ? nullptr : &entry->definition;
}

}  // namespace tfld::engine
