// BatchSessions: the sessions in which requests of one version run together, for several sizes of batch.
//
// The sizes are powers of two and the largest one itself, so that any number of requests that wait makes full batches:
// no row is computed for nothing. All share the version's packed weights; each has an arena of its own. A batch is made
// of whole requests of one row each, along the first axis of every input and output.
//
// Thread rule: immutable but for the sessions, of which those of slot i belong to executor i while it runs a job.
#pragma once

#include <memory>
#include <vector>

#include "engine/base/result.h"
#include "tfld/engine.h"

namespace tfld::daemon {

class BatchSessions {
 public:
  static constexpr int kMost = 64;  // requests in one batch

  // For batches of up to `largest`, from 2 to kMost, on as many slots as there are pools. FAILED_PRECONDITION with the
  // reason when the model cannot take several rows: an input without a first axis of one, an output that does not
  // follow, strings; and the engine's errors for the larger shapes.
  static Result<std::unique_ptr<BatchSessions>> Create(const engine::Executable& executable,
                                                       const std::vector<std::shared_ptr<engine::ThreadPool>>& pools,
                                                       int largest);

  // Ascending.
  const std::vector<int>& sizes() const { return sizes_; }
  // The largest size that so many requests fill; 1 when they fill none.
  int SizeFor(std::size_t requests) const;
  // `size` is one of sizes().
  engine::Session& session(int slot, int size);
  int count() const { return static_cast<int>(sessions_.size()); }
  // The rows of all sessions together: about how many arenas of one row they take.
  int rows() const { return RowsUpTo(sizes_.back(), count() / static_cast<int>(sizes_.size())); }
  static int RowsUpTo(int largest, int slots);

 private:
  std::vector<int> sizes_;
  std::vector<std::unique_ptr<engine::Session>> sessions_;  // by slot, then by size
};

}  // namespace tfld::daemon
