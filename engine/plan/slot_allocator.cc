#include "engine/plan/slot_allocator.h"

#include <algorithm>
#include <utility>

#include "engine/base/checked_math.h"
#include "engine/base/str_cat.h"
#include "engine/plan/memory_planner.h"
#include "engine/plan/offline_plan.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxPlaces = 8192;  // each is compared with all others

class SlotAllocator {
 public:
  SlotAllocator(PreparedGraph prepared, std::span<const std::int32_t> places, Plan& plan)
      : prepared_(std::move(prepared)), graph_(prepared_.graph), places_(places), plan_(plan) {}

  Status Run(const std::vector<ValueId>& kept, std::size_t max_arena_bytes) {
    slot_of_value_.assign(graph_.values.size(), -1);
    end_ = static_cast<int>(prepared_.steps.size());
    for (const ValueId id : graph_.inputs) Keep(id);
    AddVariables();
    for (int i = 0; i < end_; ++i) AddStep(i);
    // Also an output that no step writes has memory: a constant, or an input that is passed through.
    for (const ValueId id : graph_.outputs) Keep(id);
    for (const ValueId id : kept) Keep(id);
    return LayOut(max_arena_bytes);
  }

 private:
  // A slot in the arena, alive at `step`.
  std::int32_t NewArenaSlot(std::size_t bytes, int step) {
    const auto slot = static_cast<std::int32_t>(plan_.slots.size());
    plan_.slots.push_back({.bytes = bytes});
    arena_slots_.push_back(slot);
    requests_.push_back({bytes, step, step});
    request_of_slot_.resize(plan_.slots.size(), -1);
    request_of_slot_.back() = static_cast<int>(requests_.size()) - 1;
    return slot;
  }

  std::int32_t NewConstantSlot(const Value& value) {
    plan_.slots.push_back(
        {.constant = value.data.data(), .bytes = value.data.size(), .shape = value.shape, .type = value.type});
    request_of_slot_.resize(plan_.slots.size(), -1);
    plan_.weight_bytes += value.data.size();
    return static_cast<std::int32_t>(plan_.slots.size()) - 1;
  }

  std::int32_t NewDynamicSlot(const Value& value) {
    plan_.slots.push_back({.shape = value.shape, .type = value.type, .is_dynamic = true});
    request_of_slot_.resize(plan_.slots.size(), -1);
    return static_cast<std::int32_t>(plan_.slots.size()) - 1;
  }

  std::int32_t NewSlot(const Value& value, int step) {
    if (value.is_constant) return NewConstantSlot(value);
    if (value.is_dynamic || value.type == ElementType::kString) return NewDynamicSlot(value);
    const std::int32_t slot = NewArenaSlot(value.byte_size(), step);
    plan_.slots.back().shape = value.shape;
    plan_.slots.back().type = value.type;
    return slot;
  }

  std::int32_t SlotAt(ValueId id, int step) {
    if (id == kNoValue) return -1;
    std::int32_t& slot = slot_of_value_[static_cast<std::size_t>(id)];
    if (slot < 0) slot = NewSlot(graph_.value(id), step);
    Extend(slot, step);
    return slot;
  }

  void Extend(std::int32_t slot, int step) {
    const int index = request_of_slot_[static_cast<std::size_t>(slot)];
    if (index < 0) return;
    BufferRequest& request = requests_[static_cast<std::size_t>(index)];
    request.first_step = std::min(request.first_step, step);
    request.last_step = std::max(request.last_step, step);
  }

  void Keep(ValueId id) {
    const std::int32_t slot = SlotAt(id, end_);
    Extend(slot, -1);
  }

  void AddVariables() {
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      if (!value.is_variable) continue;
      Keep(static_cast<ValueId>(i));
      plan_.variables.push_back({slot_of_value_[i], value.type, value.zero_point()});
    }
  }

  void AddStep(int index) {
    PreparedStep& prepared = prepared_.steps[static_cast<std::size_t>(index)];
    const Node& node = graph_.nodes[static_cast<std::size_t>(prepared.node)];
    Step step{.node = prepared.node, .kernel = std::move(prepared.kernel)};
    step.num_inputs = static_cast<int>(node.inputs.size());
    step.num_outputs = static_cast<int>(node.outputs.size());
    for (const ValueId id : node.inputs) step.slots.push_back(SlotAt(id, index));
    if (prepared.is_view && !prepared_.is_called) ShareWithInput(node);
    for (const ValueId id : node.outputs) step.slots.push_back(SlotAt(id, index));
    for (const std::size_t bytes : prepared.scratch) step.slots.push_back(NewArenaSlot(bytes, index));
    plan_.packed_bytes += step.kernel->packed_bytes();
    steps_.push_back(std::move(step));
  }

  // The output takes the input's slot, but not where slots are copied with their shape, and not when somebody else may
  // write there: a constant's and a variable's do not count as the arena's, and an input's belongs to the caller, who
  // may bind memory of his own to it.
  void ShareWithInput(const Node& node) {
    const Value& input = graph_.value(node.inputs[0]);
    const Value& output = graph_.value(node.outputs[0]);
    const bool caller_owns = std::ranges::find(graph_.inputs, node.inputs[0]) != graph_.inputs.end() &&
                             std::ranges::find(graph_.outputs, node.outputs[0]) != graph_.outputs.end();
    if (input.is_constant || input.is_variable || caller_owns || input.byte_size() != output.byte_size()) return;
    slot_of_value_[static_cast<std::size_t>(node.outputs[0])] =
        slot_of_value_[static_cast<std::size_t>(node.inputs[0])];
  }

  // Gives the buffers the places of the model's memory plan.
  void UsePlaces(std::size_t max_arena_bytes) {
    if (places_.size() > kMaxPlaces) return DropPlaces(StrCat("has more than ", kMaxPlaces, " tensors"));
    for (std::size_t id = 0; id < places_.size(); ++id) {
      const std::int32_t slot = slot_of_value_[id], place = places_[id];
      const int index = slot < 0 ? -1 : request_of_slot_[static_cast<std::size_t>(slot)];
      if (index < 0 || place == kNotPlanned) continue;
      BufferRequest& request = requests_[static_cast<std::size_t>(index)];
      if (static_cast<std::size_t>(place) + request.bytes > max_arena_bytes) {
        return DropPlaces(StrCat("tensor ", id, " ends at ", static_cast<std::size_t>(place) + request.bytes,
                                 "; the limit of the arena is ", max_arena_bytes));
      }
      if (!request.place) request.place = static_cast<std::size_t>(place);  // a view lies where its input lies
    }
    for (std::size_t b = 0; b < requests_.size(); ++b) {
      for (std::size_t a = 0; a < b && requests_[b].place; ++a) {
        if (PlacesConflict(requests_[a], requests_[b]) && !GivesWay(a) && !GivesWay(b)) {
          return DropPlaces(StrCat("the buffers at ", *requests_[a].place, " and ", *requests_[b].place,
                                   " overlap while both are in use"));
        }
      }
    }
    plan_.offline_buffers +=
        static_cast<std::size_t>(std::ranges::count_if(requests_, [](const auto& r) { return r.place.has_value(); }));
  }

  // The graph's own inputs, outputs and variables keep their memory for the whole run here, and not only as long as the
  // plan may count on: where that is in another buffer's way they are placed at load.
  bool GivesWay(std::size_t index) {
    BufferRequest& request = requests_[index];
    const bool stays = request.first_step < 0 && request.last_step == end_;
    if (stays) request.place.reset();
    return stays;
  }

  void DropPlaces(std::string fault) {
    for (BufferRequest& request : requests_) request.place.reset();
    plan_.offline_fault = std::move(fault);
  }

  Status LayOut(std::size_t max_arena_bytes) {
    // Checked one by one first, so that no sum below can overflow.
    for (const BufferRequest& request : requests_) {
      if (request.bytes > max_arena_bytes) return TooLarge(request.bytes, max_arena_bytes);
    }
    UsePlaces(max_arena_bytes);
    const ArenaLayout layout = LayOutArena(requests_);
    for (std::size_t i = 0; i < arena_slots_.size(); ++i) {
      plan_.slots[static_cast<std::size_t>(arena_slots_[i])].offset = plan_.arena_bytes + layout.offsets[i];
    }
    plan_.arena_bytes += AlignUp(layout.bytes, kBufferAlignment);
    if (plan_.arena_bytes > max_arena_bytes) return TooLarge(plan_.arena_bytes, max_arena_bytes);
    plan_.packed_bytes += prepared_.folded_bytes;
    for (auto& owner : prepared_.storage) plan_.storage.push_back(std::move(owner));
    const auto slots_of = [&](const std::vector<ValueId>& ids) {
      std::vector<std::int32_t> slots;
      for (const ValueId id : ids) slots.push_back(slot_of_value_[static_cast<std::size_t>(id)]);
      return slots;
    };
    GraphPlan planned{.source = prepared_.source,
                      .graph = {},
                      .steps = std::move(steps_),
                      .slot_of_value = {},
                      .input_slots = slots_of(graph_.inputs),
                      .output_slots = slots_of(graph_.outputs)};
    planned.graph = std::move(prepared_.graph);
    planned.slot_of_value = std::move(slot_of_value_);
    plan_.graphs.push_back(std::move(planned));
    return {};
  }

  static Status TooLarge(std::size_t bytes, std::size_t limit) {
    return ResourceExhausted(StrCat("the arena of activations would need ", bytes, " bytes; the limit is ", limit));
  }

  PreparedGraph prepared_;
  Graph& graph_;
  std::span<const std::int32_t> places_;
  Plan& plan_;
  int end_ = 0;
  std::vector<std::int32_t> slot_of_value_;
  std::vector<int> request_of_slot_;       // index into requests_, -1 for a constant
  std::vector<BufferRequest> requests_;    // of this graph
  std::vector<std::int32_t> arena_slots_;  // the slot of each request
  std::vector<Step> steps_;
};

}  // namespace

Status AddGraph(PreparedGraph prepared, const std::vector<ValueId>& kept, std::span<const std::int32_t> places,
                std::size_t max_arena_bytes, Plan& plan) {
  return SlotAllocator(std::move(prepared), places, plan).Run(kept, max_arena_bytes);
}

}  // namespace tfld::engine
