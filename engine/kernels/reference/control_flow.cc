#include "engine/kernels/reference/control_flow.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/session_services.h"

namespace tfld::engine::reference {
namespace {

// A loop that runs longer than this is taken for one that never ends.
constexpr std::int64_t kMaxRounds = std::int64_t{1} << 31;

// The node's inputs from `first` on, as arguments of a call.
Result<std::vector<Argument>> ArgumentsOf(const OpContext& context, int first) {
  std::vector<Argument> arguments;
  for (int i = first; i < context.num_inputs(); ++i) {
    if (!context.HasInput(i)) return context.Error(StrCat("input ", i, " is missing"));
    const Value& value = context.Input(i);
    arguments.push_back({.type = value.type,
                         .shape = value.shape,
                         .is_dynamic = value.is_dynamic,
                         .constant = value.is_constant ? &value : nullptr});
  }
  return arguments;
}

bool SameShape(const Argument& a, const Argument& b) { return !a.is_dynamic && !b.is_dynamic && a.shape == b.shape; }

Status SetOutputs(InferContext& context, const std::vector<Argument>& results) {
  if (static_cast<int>(results.size()) != context.num_outputs()) {
    return context.Error(
        StrCat("has ", context.num_outputs(), " outputs; the graph that it calls has ", results.size()));
  }
  for (int i = 0; i < context.num_outputs(); ++i) {
    const Argument& result = results[static_cast<std::size_t>(i)];
    if (context.Output(i).type != result.type) {
      return context.Error(StrCat("output ", i, " is ", ElementTypeName(context.Output(i).type),
                                  "; the graph that it calls gives ", ElementTypeName(result.type)));
    }
    TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, result.shape));
    if (result.is_dynamic) context.SetOutputDynamic(i);
  }
  return {};
}

// Infers all branches, and plans them. `graphs` become the calls.
Status InferBranches(InferContext& context, int first_argument, std::span<int* const> graphs) {
  if (context.caller() == nullptr) return context.Unsupported("there are no graphs to call");
  TFLD_ASSIGN_OR_RETURN(const auto arguments, ArgumentsOf(context, first_argument));
  std::vector<Argument> results;
  for (std::size_t branch = 0; branch < graphs.size(); ++branch) {
    TFLD_ASSIGN_OR_RETURN(auto of_branch, context.caller()->Infer(*graphs[branch], arguments));
    if (branch > 0 && of_branch.size() != results.size()) {
      return context.Error(StrCat("its branches have ", results.size(), " and ", of_branch.size(), " results"));
    }
    if (branch == 0) results = of_branch;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i].type != of_branch[i].type) return context.Error("its branches have results of different types");
      results[i].is_dynamic = !SameShape(results[i], of_branch[i]);
    }
  }
  TFLD_RETURN_IF_ERROR(SetOutputs(context, results));
  for (int* graph : graphs) {
    TFLD_ASSIGN_OR_RETURN(*graph, context.caller()->Plan(*graph, arguments));
  }
  return {};
}

// Copies to and from the slots of a call.
Status CopyIn(const RunContext& run, const std::int32_t* from, int graph) {
  const auto inputs = run.services->InputSlots(graph);
  for (std::size_t i = 0; i < inputs.size(); ++i) TFLD_RETURN_IF_ERROR(run.services->CopySlot(from[i], inputs[i]));
  return {};
}

Status CopyOut(const RunContext& run, int graph) {
  const auto outputs = run.services->OutputSlots(graph);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    TFLD_RETURN_IF_ERROR(run.services->CopySlot(outputs[i], run.OutputSlot(static_cast<int>(i))));
  }
  return {};
}

Status Call(const RunContext& run, const std::int32_t* arguments, int graph) {
  TFLD_RETURN_IF_ERROR(CopyIn(run, arguments, graph));
  TFLD_RETURN_IF_ERROR(run.services->RunGraph(graph));
  return CopyOut(run, graph);
}

Status CheckOneElement(const OpContext& context, ElementType type) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {type}));
  if (context.Input(0).is_dynamic || context.Input(0).shape.NumElements() == 1) return {};
  return context.Error(StrCat("input 0 has shape ", context.Input(0).shape.ToString(), "; expected one element"));
}

// The one element of input 0, whose shape may be known only now.
template <typename T>
Result<T> OneElement(const RunContext& run) {
  if (run.shapes[run.InputSlot(0)].NumElements() < 1) return InvalidArgument("input 0 is empty; expected one element");
  return *run.Input<T>(0);
}

}  // namespace

Status InferIf(InferContext& context) {
  TFLD_RETURN_IF_ERROR(CheckOneElement(context, ElementType::kBool));
  IfAttributes attributes = context.attributes<IfAttributes>();
  int* const graphs[] = {&attributes.then_graph, &attributes.else_graph};
  TFLD_RETURN_IF_ERROR(InferBranches(context, 1, graphs));
  context.mutable_attributes() = attributes;
  return {};
}

Status PrepareIf(PrepareContext& context) {
  return context.Emit("reference.if", [calls = context.attributes<IfAttributes>()](const RunContext& run) -> Status {
    TFLD_ASSIGN_OR_RETURN(const bool condition, OneElement<bool>(run));
    return Call(run, run.slots + 1, condition ? calls.then_graph : calls.else_graph);
  });
}

Status InferCase(InferContext& context) {
  TFLD_RETURN_IF_ERROR(CheckOneElement(context, ElementType::kInt32));
  StablehloCaseAttributes attributes = context.attributes<StablehloCaseAttributes>();
  if (attributes.branch_graphs.empty()) return context.Error("there are no branches");
  std::vector<int*> graphs;
  for (std::int32_t& graph : attributes.branch_graphs) graphs.push_back(&graph);
  TFLD_RETURN_IF_ERROR(InferBranches(context, 1, graphs));
  context.mutable_attributes() = std::move(attributes);
  return {};
}

Status PrepareCase(PrepareContext& context) {
  return context.Emit(
      "reference.case",
      [calls = context.attributes<StablehloCaseAttributes>().branch_graphs](const RunContext& run) -> Status {
        TFLD_ASSIGN_OR_RETURN(const std::int32_t index, OneElement<std::int32_t>(run));
        // An index outside of the branches stands for the last one.
        const bool exists = index >= 0 && static_cast<std::size_t>(index) < calls.size();
        return Call(run, run.slots + 1, exists ? calls[static_cast<std::size_t>(index)] : calls.back());
      });
}

Status InferComposite(InferContext& context) {
  StablehloCompositeAttributes attributes = context.attributes<StablehloCompositeAttributes>();
  int* const graphs[] = {&attributes.decomposition_graph};
  TFLD_RETURN_IF_ERROR(InferBranches(context, 0, graphs));
  context.mutable_attributes() = std::move(attributes);
  return {};
}

Status PrepareComposite(PrepareContext& context) {
  return context.Emit("reference.composite",
                      [call = context.attributes<StablehloCompositeAttributes>().decomposition_graph](
                          const RunContext& run) -> Status { return Call(run, run.slots, call); });
}

Status InferWhile(InferContext& context) {
  if (context.caller() == nullptr) return context.Unsupported("there are no graphs to call");
  WhileAttributes attributes = context.attributes<WhileAttributes>();
  TFLD_ASSIGN_OR_RETURN(auto state, ArgumentsOf(context, 0));
  for (Argument& argument : state) argument.constant = nullptr;  // only the first round sees it
  // A tensor whose shape changes in a round is dynamic; that may make others so. Each turn settles at least one.
  bool is_settled = false;
  while (!is_settled) {
    TFLD_ASSIGN_OR_RETURN(const auto results, context.caller()->Infer(attributes.body_graph, state));
    if (results.size() != state.size()) {
      return context.Error(StrCat("carries ", state.size(), " tensors; its body has ", results.size(), " outputs"));
    }
    is_settled = true;
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (state[i].type != results[i].type) {
        return context.Error(StrCat("tensor ", i, " is ", ElementTypeName(state[i].type), "; its body gives ",
                                    ElementTypeName(results[i].type)));
      }
      if (state[i].is_dynamic || SameShape(state[i], results[i])) continue;
      state[i].is_dynamic = true;
      is_settled = false;
    }
  }
  TFLD_ASSIGN_OR_RETURN(const auto verdict, context.caller()->Infer(attributes.cond_graph, state));
  const bool is_bool = verdict.size() == 1 && verdict[0].type == ElementType::kBool;
  if (!is_bool || (!verdict[0].is_dynamic && verdict[0].shape.NumElements() != 1)) {
    return context.Error("its condition does not give one bool");
  }
  TFLD_RETURN_IF_ERROR(SetOutputs(context, state));
  TFLD_ASSIGN_OR_RETURN(attributes.cond_graph, context.caller()->Plan(attributes.cond_graph, state));
  TFLD_ASSIGN_OR_RETURN(attributes.body_graph, context.caller()->Plan(attributes.body_graph, state));
  context.mutable_attributes() = attributes;
  return {};
}

Status PrepareWhile(PrepareContext& context) {
  return context.Emit("reference.while",
                      [calls = context.attributes<WhileAttributes>()](const RunContext& run) -> Status {
                        SessionServices& session = *run.services;
                        // The outputs carry the state from round to round.
                        const std::int32_t* const state = run.slots + run.num_inputs;
                        for (int i = 0; i < run.num_inputs; ++i)
                          TFLD_RETURN_IF_ERROR(session.CopySlot(run.InputSlot(i), state[i]));
                        const std::int32_t verdict = session.OutputSlots(calls.cond_graph)[0];
                        for (std::int64_t round = 0; round < kMaxRounds; ++round) {
                          TFLD_RETURN_IF_ERROR(CopyIn(run, state, calls.cond_graph));
                          TFLD_RETURN_IF_ERROR(session.RunGraph(calls.cond_graph));
                          if (session.SlotData(verdict)[0] == std::byte{0}) return {};
                          TFLD_RETURN_IF_ERROR(Call(run, state, calls.body_graph));
                        }
                        return ResourceExhausted(StrCat("the loop has not ended after ", kMaxRounds, " rounds"));
                      });
}

}  // namespace tfld::engine::reference
