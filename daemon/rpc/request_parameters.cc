#include "daemon/rpc/request_parameters.h"

#include <limits>
#include <string>

#include "engine/base/str_cat.h"
#include "inference/grpc_service.pb.h"

namespace tfld::daemon {
namespace {

using inference::InferParameter;

// A whole number, however the client sent it; nothing for another type or a number over the range.
std::optional<std::int64_t> WholeNumber(const InferParameter& parameter) {
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kInt64Param: return parameter.int64_param();
    case InferParameter::kUint64Param:
      if (parameter.uint64_param() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return {};
      return static_cast<std::int64_t>(parameter.uint64_param());
    default: return {};
  }
}

Status ParseTimeout(const InferParameter& parameter, RequestParameters& parameters) {
  const std::optional<std::int64_t> microseconds = WholeNumber(parameter);
  if (!microseconds || *microseconds < 0) {
    return InvalidArgument("parameter 'timeout': a whole number of microseconds is expected, 0 for none");
  }
  if (*microseconds > 0) parameters.timeout = std::chrono::microseconds(*microseconds);
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
      const std::optional<std::int64_t> priority = WholeNumber(parameter);
      if (!priority || *priority < 0) {
        return InvalidArgument("parameter 'priority': a whole number is expected, 0 for the default");
      }
    } else if (name == "sequence_id" && NamesSequence(parameter)) {
      return Unimplemented("parameter 'sequence_id': sequences are not supported");
    }
  }
  return {};
}

}  // namespace tfld::daemon
