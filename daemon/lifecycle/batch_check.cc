#include "daemon/lifecycle/batch_check.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "daemon/scheduler/batch_sessions.h"
#include "daemon/scheduler/session_row.h"
#include "engine/base/str_cat.h"
#include "engine/golden/compare.h"
#include "engine/golden/random_input.h"

namespace tfld::daemon {
namespace {

using engine::Session;
using engine::TensorInfo;
using engine::TensorView;

double Allowed(const TensorInfo& output, double largest) {
  const bool is_real = engine::IsFloatingPoint(output.type) || output.type == engine::ElementType::kComplex64;
  return is_real ? 1e-4 * largest : 1.0;
}

Status CheckRow(const engine::Executable& executable, Session& single, const SessionRow& row, int size) {
  for (std::size_t i = 0; i < executable.inputs().size(); ++i) {
    const TensorView input = row.Input(static_cast<int>(i));
    std::ranges::copy(input.bytes, single.Input(static_cast<int>(i)).bytes.begin());
  }
  single.Reset();
  TFLD_RETURN_IF_ERROR(single.Run());
  for (std::size_t i = 0; i < executable.outputs().size(); ++i) {
    const TensorInfo& info = executable.outputs()[i];
    const auto index = static_cast<int>(i);
    const engine::Comparison found = engine::Compare(info.type, row.Output(index).bytes, single.Output(index).bytes);
    if (found.max_abs_diff <= Allowed(info, found.largest)) continue;
    return FailedPrecondition(StrCat("in a batch of ", size, " output '", info.name, "' differs by ",
                                     found.max_abs_diff, " from that of a request alone"));
  }
  return {};
}

}  // namespace

Status CheckBatches(const engine::Executable& executable, Session& single, BatchSessions& batches) {
  for (const int size : batches.sizes()) {
    Session& batch = batches.session(0, size);
    for (std::size_t i = 0; i < executable.inputs().size(); ++i) {
      engine::FillRandom(batch.Input(static_cast<int>(i)), static_cast<std::uint64_t>(size) * 100 + i);
    }
    batch.Reset();
    TFLD_RETURN_IF_ERROR(batch.Run().WithContext(StrCat("a batch of ", size)));
    for (int row = 0; row < size; ++row) {
      TFLD_RETURN_IF_ERROR(CheckRow(executable, single, SessionRow(batch, row, size), size));
    }
  }
  return {};
}

}  // namespace tfld::daemon
