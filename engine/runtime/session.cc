#include <algorithm>
#include <utility>

#include "engine/base/str_cat.h"
#include "engine/plan/plan_builder.h"
#include "engine/runtime/session_impl.h"
#include "engine/tensor/string_tensor.h"
#include "tfld/engine.h"

namespace tfld::engine {
namespace {

const EntryValues& EntryOf(const Executable& executable, int entry_point) {
  return executable.impl().entry_points.values[static_cast<std::size_t>(entry_point)];
}

// The bytes are the caller's; code that reads them as booleans relies on there being only two kinds.
Status CheckBooleans(const TensorView& view, std::size_t input) {
  if (view.type != ElementType::kBool) return {};
  const auto wrong = std::ranges::find_if(view.bytes, [](std::byte byte) { return byte > std::byte{1}; });
  if (wrong == view.bytes.end()) return {};
  return InvalidArgument(StrCat("input ", input, ": element ", wrong - view.bytes.begin(), " is ",
                                std::to_integer<int>(*wrong), "; a boolean is 0 or 1"));
}

}  // namespace

Session::Session() : impl_(std::make_unique<Impl>()) {}
Session::~Session() = default;

TensorView Session::Input(int index, int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  return impl_->View(entry.graph, entry.inputs[static_cast<std::size_t>(index)]);
}

TensorView Session::Output(int index, int entry_point) const {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  return impl_->View(entry.graph, entry.outputs[static_cast<std::size_t>(index)]);
}

Status Session::SetInput(int index, std::span<const std::byte> bytes, int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  const ValueId id = entry.inputs[static_cast<std::size_t>(index)];
  TensorView view = impl_->View(entry.graph, id);
  if (view.type == ElementType::kString) {
    TFLD_RETURN_IF_ERROR(CheckStringTensor(bytes, view.shape.NumElements()));
    TFLD_RETURN_IF_ERROR(impl_->ResizeSlot(impl_->slot(entry.graph, id), view.shape, bytes.size()));
    view = impl_->View(entry.graph, id);
  }
  if (bytes.size() != view.bytes.size()) {
    return InvalidArgument(StrCat("input ", index, " takes ", view.bytes.size(), " bytes; given are ", bytes.size()));
  }
  std::ranges::copy(bytes, view.bytes.begin());
  return {};
}

Status Session::BindInput(int index, const void* memory, int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  return impl_->Bind(entry.graph, entry.inputs[static_cast<std::size_t>(index)], memory);
}

Status Session::BindOutput(int index, void* memory, int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  return impl_->Bind(entry.graph, entry.outputs[static_cast<std::size_t>(index)], memory);
}

Status Session::ResizeInputs(std::span<const Shape> shapes, int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  if (shapes.size() != entry.inputs.size()) {
    return InvalidArgument(StrCat(shapes.size(), " shapes for ", entry.inputs.size(), " inputs"));
  }
  std::vector<ShapeOverride> overrides = impl_->overrides;
  bool changed = false;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    TFLD_RETURN_IF_ERROR(shapes[i].Validate());
    const ValueId id = entry.inputs[i];
    changed = changed || impl_->value(entry.graph, id).shape != shapes[i];
    std::erase_if(overrides, [&](const ShapeOverride& old) { return old.graph == entry.graph && old.value == id; });
    overrides.push_back({entry.graph, id, shapes[i]});
  }
  if (!changed) return {};
  const Executable& executable = *impl_->executable;
  TFLD_ASSIGN_OR_RETURN(auto plan,
                        BuildPlan(executable.model().program(), PlanOptionsOf(executable.options()), overrides));
  TFLD_RETURN_IF_ERROR(impl_->Adopt(std::move(plan)));
  impl_->overrides = std::move(overrides);
  return {};
}

Status Session::Run(int entry_point) {
  const EntryValues& entry = EntryOf(*impl_->executable, entry_point);
  for (std::size_t i = 0; i < entry.inputs.size(); ++i) {
    TFLD_RETURN_IF_ERROR(CheckBooleans(impl_->View(entry.graph, entry.inputs[i]), i));
  }
  return impl_->RunGraph(entry.graph);
}

void Session::Reset() { impl_->Reset(); }

void Session::SetObserver(StepObserver* observer) { impl_->observer = observer; }

}  // namespace tfld::engine
