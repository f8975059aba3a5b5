// The XNNPACK library as a whole: its initialization, its one lock, its operators as owned objects, its errors.
#pragma once

#include <xnnpack.h>

#include <memory>
#include <mutex>
#include <string_view>

#include "engine/base/status.h"

namespace tfld::engine::xnnpack {

// Initializes the library on the first call; the later ones return the same answer. UNAVAILABLE on a processor that
// XNNPACK does not know.
Status Initialize();

// XNNPACK's create functions must not run at the same time; whoever calls one holds this.
std::mutex& CreationMutex();

struct DeleteOperator {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
using UniqueOperator = std::unique_ptr<xnn_operator, DeleteOperator>;

// True when the status says that XNNPACK does not take these parameters, so that another kernel should.
bool IsDeclined(xnn_status status);
// OK, RESOURCE_EXHAUSTED or INTERNAL, with what was tried in the message.
Status ToStatus(xnn_status status, std::string_view what);

}  // namespace tfld::engine::xnnpack
