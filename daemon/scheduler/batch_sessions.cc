#include "daemon/scheduler/batch_sessions.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/base/str_cat.h"

namespace tfld::daemon {
namespace {

using engine::TensorInfo;
using engine::TensorView;

Status CheckInput(const TensorInfo& input) {
  if (input.type == engine::ElementType::kString) {
    return FailedPrecondition(StrCat("input '", input.name, "' is of strings"));
  }
  if (input.shape.rank() > 0 && input.shape.dim(0) == 1) return {};
  return FailedPrecondition(
      StrCat("input '", input.name, "' has the shape ", input.shape.ToString(), ", whose first axis is not 1"));
}

Status CheckOutput(const TensorInfo& output, const TensorView& batch, int size) {
  engine::Shape expected = output.shape;
  const bool has_row = expected.rank() > 0 && expected.dim(0) == 1 && output.type != engine::ElementType::kString;
  if (has_row) expected.set_dim(0, size);
  const std::size_t bytes = engine::ByteSize(output.type, expected.NumElements());
  if (has_row && batch.shape == expected && batch.bytes.size() == bytes) return {};
  return FailedPrecondition(StrCat("output '", output.name, "' has the shape ", output.shape.ToString(),
                                   " for one request and ", batch.shape.ToString(), " for ", size));
}

Result<std::unique_ptr<engine::Session>> NewBatchSession(const engine::Executable& executable,
                                                         const std::shared_ptr<engine::ThreadPool>& pool, int size) {
  TFLD_ASSIGN_OR_RETURN(auto session, executable.NewSession(pool));
  std::vector<engine::Shape> shapes;
  for (const TensorInfo& input : executable.inputs()) {
    shapes.push_back(input.shape);
    shapes.back().set_dim(0, size);
  }
  TFLD_RETURN_IF_ERROR(session->ResizeInputs(shapes).WithContext(StrCat("a batch of ", size)));
  for (std::size_t i = 0; i < executable.outputs().size(); ++i) {
    TFLD_RETURN_IF_ERROR(CheckOutput(executable.outputs()[i], session->Output(static_cast<int>(i)), size));
  }
  return session;
}

std::vector<int> SizesUpTo(int largest) {
  std::vector<int> sizes;
  for (int size = 2; size < largest; size *= 2) sizes.push_back(size);
  sizes.push_back(largest);
  return sizes;
}

}  // namespace

Result<std::unique_ptr<BatchSessions>> BatchSessions::Create(
    const engine::Executable& executable, const std::vector<std::shared_ptr<engine::ThreadPool>>& pools, int largest) {
  if (executable.inputs().empty()) return FailedPrecondition("the model has no inputs");
  for (const TensorInfo& input : executable.inputs()) TFLD_RETURN_IF_ERROR(CheckInput(input));
  auto batches = std::make_unique<BatchSessions>();
  batches->sizes_ = SizesUpTo(largest);
  for (const std::shared_ptr<engine::ThreadPool>& pool : pools) {
    for (const int size : batches->sizes_) {
      TFLD_ASSIGN_OR_RETURN(auto session, NewBatchSession(executable, pool, size));
      batches->sessions_.push_back(std::move(session));
    }
  }
  return batches;
}

int BatchSessions::SizeFor(std::size_t requests) const {
  const auto above =
      std::ranges::upper_bound(sizes_, requests, {}, [](int size) { return static_cast<std::size_t>(size); });
  return above == sizes_.begin() ? 1 : *std::prev(above);
}

engine::Session& BatchSessions::session(int slot, int size) {
  const auto place = std::ranges::lower_bound(sizes_, size) - sizes_.begin();
  return *sessions_[static_cast<std::size_t>(slot) * sizes_.size() + static_cast<std::size_t>(place)];
}

int BatchSessions::RowsUpTo(int largest, int slots) {
  const std::vector<int> sizes = SizesUpTo(largest);
  return slots * std::accumulate(sizes.begin(), sizes.end(), 0);
}

}  // namespace tfld::daemon
