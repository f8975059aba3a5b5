#include "daemon/rpc/infer_parameter.h"

#include <limits>

#include "inference/grpc_service.pb.h"

namespace tfld::daemon {

using inference::InferParameter;

std::optional<std::int64_t> WholeNumber(const InferParameter& parameter) {
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kInt64Param: return parameter.int64_param();
    case InferParameter::kUint64Param:
      if (parameter.uint64_param() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return {};
      return static_cast<std::int64_t>(parameter.uint64_param());
    default: return {};
  }
}

}  // namespace tfld::daemon
