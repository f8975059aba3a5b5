#include "daemon/rpc/request_parameters.h"

#include <string>

#include "daemon/rpc/infer_parameter.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using inference::InferParameter;

Status ParseTimeout(const InferParameter& parameter, RequestParameters& parameters) {
  const std::optional<std::int64_t> microseconds = WholeNumber(parameter);
  if (!microseconds || *microseconds < 0) {
    return InvalidArgument("parameter 'timeout': a whole number of microseconds is expected, 0 for none");
  }
  if (*microseconds > 0) parameters.timeout = std::chrono::microseconds(*microseconds);
  return {};
}

Status ParsePriority(const InferParameter& parameter, RequestParameters& parameters) {
  const std::optional<std::int64_t> priority = WholeNumber(parameter);
  if (!priority || *priority < 0) {
    return InvalidArgument("parameter 'priority': a whole number is expected, 1 for the highest, 0 for the default");
  }
  if (*priority == 1) parameters.priority = PriorityClass::kCritical;
  if (*priority >= 3) parameters.priority = PriorityClass::kBackground;
  return {};
}

bool NamesSequence(const InferParameter& parameter) {
  if (parameter.has_string_param()) return !parameter.string_param().empty();
  return WholeNumber(parameter).value_or(0) != 0;
}

}  // namespace

Status ParseParameters(const inference::ModelInferRequest& request, RequestParameters& parameters) {
  for (const auto& [name, parameter] : request.parameters()) {
    if (name == "timeout") {
      TFLD_RETURN_IF_ERROR(ParseTimeout(parameter, parameters));
    } else if (name == "priority") {
      TFLD_RETURN_IF_ERROR(ParsePriority(parameter, parameters));
    } else if (name == "triton_enable_empty_final_response" && !parameter.has_bool_param()) {
      return InvalidArgument("parameter 'triton_enable_empty_final_response': a bool is expected");
    } else if (name == "sequence_id" && NamesSequence(parameter)) {
      return Unimplemented("parameter 'sequence_id': sequences are not supported");
    }
  }
  return {};
}

}  // namespace tfld::daemon
