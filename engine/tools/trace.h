// What the nodes of a run made: recorded from one session, compared with another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/golden/compare.h"
#include "engine/graph/graph.h"
#include "tfld/engine.h"

namespace tfld::engine {

// The contents of a tensor after a node ran.
struct TraceTensor {
  ValueId value = kNoValue;
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::vector<std::byte> bytes;
};

// Outputs, and the variables that the node may have changed.
struct TraceStep {
  int graph = 0;  // of the plan: a graph that several nodes call is there once a call
  int node = 0;
  std::vector<TraceTensor> tensors;
};

// In the order of running; a node of a loop's body appears as often as it ran.
using Trace = std::vector<TraceStep>;

// Appends each step to a trace: set it as the observer of `session` and run.
class TraceRecorder final : public StepObserver {
 public:
  // Stops the run (CANCELLED) when the trace becomes larger than `max_bytes`.
  TraceRecorder(Session& session, Trace& trace, std::size_t max_bytes)
      : session_(session), trace_(trace), max_bytes_(max_bytes) {}

  bool BeforeStep(int, int) override { return bytes_ <= max_bytes_; }
  void AfterStep(int graph, int node, std::string_view kernel) override;

 private:
  Session& session_;
  Trace& trace_;
  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
};

// How far one tensor of a step is from the trace.
struct TraceDifference {
  int graph = 0;   // of the plan
  int source = 0;  // of the program
  int node = 0;
  std::string kernel;
  ValueId value = kNoValue;
  ElementType type = ElementType::kFloat32;
  Shape shape;
  Comparison comparison;
  std::string problem;  // another shape or type; empty for none
};

// Compares a session's steps with a trace.
class TraceComparer final : public StepObserver {
 public:
  struct Options {
    // What a step made is replaced by the trace's contents after comparing, so that the next nodes run on the trace's
    // inputs and every difference is a node's own.
    bool replace = false;
    bool has_gaps = false;  // the trace leaves steps out
  };
  TraceComparer(Session& session, const Trace& trace, const Options& options)
      : session_(session), trace_(trace), options_(options) {}

  // Ends the run (CANCELLED) where there is nothing left to compare: on its own way, a loop may have no end.
  bool BeforeStep(int, int) override { return !parted_; }
  void AfterStep(int graph, int node, std::string_view kernel) override;

  // Of every tensor that stands in the trace, in the order of running.
  const std::vector<TraceDifference>& differences() const { return differences_; }
  // The steps ran in another order than the trace's, as loops do that run another number of times; comparing ended
  // there.
  bool parted() const { return parted_; }

 private:
  Session& session_;
  const Trace& trace_;
  const Options options_;
  std::size_t next_ = 0;
  bool parted_ = false;
  std::vector<TraceDifference> differences_;
};

}  // namespace tfld::engine
