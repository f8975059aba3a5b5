// CALL_ONCE, VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE: what a session keeps from run to run.
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/reference.h"
#include "engine/kernels/reference/resource_handle.h"
#include "engine/kernels/session_services.h"

namespace tfld::engine::reference {
namespace {

constexpr int kValue = 1;

Result<ResourceVariable*> FindVariable(const RunContext& run) {
  const std::int32_t handle = *run.Input<std::int32_t>(kHandle);
  ResourceVariable* variable = run.services != nullptr ? run.services->FindResource(handle) : nullptr;
  if (variable == nullptr) return InvalidArgument(StrCat("there is no variable ", handle));
  return variable;
}

}  // namespace

Status InferNothing(InferContext&) { return {}; }

Status PrepareCallOnce(PrepareContext& context) {
  return context.Emit(
      "reference.call_once",
      [graph = context.attributes<CallOnceAttributes>().init_subgraph](const RunContext& run) -> Status {
        if (run.services == nullptr) return Internal("CALL_ONCE outside of a session");
        return run.services->RunOnce(graph);
      });
}

Status InferVarHandle(InferContext& context) { return InferHandle(context); }

Status PrepareVarHandle(PrepareContext& context) {
  return EmitHandle(context, "reference.var_handle", context.attributes<VarHandleAttributes>().resource);
}

// The shape is that of the variable, which only the run knows when the model leaves it open.
Status InferReadVariable(InferContext& context) {
  if (!context.Output(0).shape_signature.empty() || context.Output(0).type == ElementType::kString) {
    context.SetOutputDynamic(0);
  }
  return {};
}

Status PrepareReadVariable(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckHandle(context));
  const Value& output = context.Output(0);
  if (output.is_dynamic) {
    return context.Emit("reference.read_variable", [type = output.type](const RunContext& run) -> Status {
      TFLD_ASSIGN_OR_RETURN(const ResourceVariable* variable, FindVariable(run));
      if (!variable->assigned) return FailedPrecondition("the variable was never assigned");
      if (variable->type != type)
        return InvalidArgument(StrCat("the variable holds ", ElementTypeName(variable->type)));
      const std::size_t bytes = variable->data.size();
      TFLD_RETURN_IF_ERROR(run.services->ResizeSlot(run.OutputSlot(0), variable->shape, bytes));
      if (bytes > 0) std::memcpy(run.Output<std::byte>(0), variable->data.data(), bytes);
      return {};
    });
  }
  return context.Emit("reference.read_variable",
                      [type = output.type, bytes = output.byte_size()](const RunContext& run) -> Status {
                        TFLD_ASSIGN_OR_RETURN(const ResourceVariable* variable, FindVariable(run));
                        if (!variable->assigned) return FailedPrecondition("the variable was never assigned");
                        if (variable->type != type || variable->data.size() != bytes) {
                          return InvalidArgument(StrCat("the variable holds ", variable->data.size(), " bytes of ",
                                                        ElementTypeName(variable->type), "; the model reads ", bytes,
                                                        " bytes of ", ElementTypeName(type)));
                        }
                        if (bytes > 0) std::memcpy(run.Output<std::byte>(0), variable->data.data(), bytes);
                        return {};
                      });
}

Status PrepareAssignVariable(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(CheckHandle(context));
  const Value& value = context.Input(kValue);
  if (ElementBits(value.type) == 0) return context.Unsupported("a variable of a type without a fixed size");
  return context.Emit(
      "reference.assign_variable",
      [type = value.type, shape = value.shape, bytes = value.byte_size()](const RunContext& run) -> Status {
        TFLD_ASSIGN_OR_RETURN(ResourceVariable* const variable, FindVariable(run));
        variable->data.resize(bytes);  // allocates when the variable is new or has changed its size
        if (bytes > 0) std::memcpy(variable->data.data(), run.Input<std::byte>(kValue), bytes);
        variable->type = type;
        variable->shape = shape;
        variable->assigned = true;
        return {};
      });
}

}  // namespace tfld::engine::reference
