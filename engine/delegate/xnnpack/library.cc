#include "engine/delegate/xnnpack/library.h"

#include "engine/base/str_cat.h"

namespace tfld::engine::xnnpack {
namespace {

std::string_view StatusName(xnn_status status) {
  switch (status) {
    case xnn_status_success: return "success";
    case xnn_status_uninitialized: return "uninitialized";
    case xnn_status_invalid_parameter: return "invalid parameter";
    case xnn_status_invalid_state: return "invalid state";
    case xnn_status_unsupported_parameter: return "unsupported parameter";
    case xnn_status_unsupported_hardware: return "unsupported hardware";
    case xnn_status_out_of_memory: return "out of memory";
    case xnn_status_reallocation_required: return "reallocation required";
    case xnn_status_deprecated: return "deprecated";
  }
  return "unknown status";
}

}  // namespace

Status Initialize() {
  static const xnn_status kStatus = xnn_initialize(nullptr);
  if (kStatus == xnn_status_success) return {};
  return Unavailable(StrCat("XNNPACK cannot be initialized: ", StatusName(kStatus)));
}

std::mutex& CreationMutex() {
  static std::mutex mutex;
  return mutex;
}

bool IsDeclined(xnn_status status) {
  return status == xnn_status_invalid_parameter || status == xnn_status_unsupported_parameter ||
         status == xnn_status_unsupported_hardware;
}

Status ToStatus(xnn_status status, std::string_view what) {
  if (status == xnn_status_success) return {};
  std::string message = StrCat("XNNPACK failed to ", what, ": ", StatusName(status));
  return status == xnn_status_out_of_memory ? ResourceExhausted(std::move(message)) : Internal(std::move(message));
}

}  // namespace tfld::engine::xnnpack
