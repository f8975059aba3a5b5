// SessionRow: the part of a session that belongs to one job: all of it, or one row of a batch.
//
// A batch is a session whose inputs and outputs have one row for each job, along their first axis.
// Thread rule: as the session's.
#pragma once

#include <cstddef>

#include "tfld/engine.h"

namespace tfld::daemon {

class SessionRow {
 public:
  explicit SessionRow(engine::Session& whole) : session_(whole) {}
  SessionRow(engine::Session& session, int row, int rows) : session_(session), row_(row), rows_(rows) {}

  // Whether the session is the job's alone: then it may give the inputs other shapes.
  bool is_whole() const { return rows_ == 0; }
  engine::Session& session() const { return session_; }

  engine::TensorView Input(int index) const { return Part(session_.Input(index)); }
  engine::TensorView Output(int index) const { return Part(session_.Output(index)); }

 private:
  engine::TensorView Part(engine::TensorView view) const {
    if (is_whole()) return view;
    const std::size_t bytes = view.bytes.size() / static_cast<std::size_t>(rows_);
    view.bytes = view.bytes.subspan(static_cast<std::size_t>(row_) * bytes, bytes);
    view.shape.set_dim(0, view.shape.dim(0) / rows_);
    return view;
  }

  engine::Session& session_;
  int row_ = 0;
  int rows_ = 0;  // 0: all of it
};

}  // namespace tfld::daemon
