// Kernels that remember: each session has its own state, which starts as `initial` and is that again after a reset.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

template <typename State>
class CopiedState final : public KernelState {
 public:
  explicit CopiedState(const State& initial) : initial_(initial), current(initial) {}
  void Reset() override { current = initial_; }

 private:
  const State initial_;

 public:
  State current;
};

// `Function`: Status run(const RunContext&, State&).
template <typename State, typename Function>
class StatefulKernel final : public Kernel {
 public:
  StatefulKernel(std::string_view name, State initial, Function run)
      : name_(name), initial_(std::move(initial)), run_(std::move(run)) {}

  std::string_view name() const override { return name_; }
  Result<std::unique_ptr<KernelState>> NewState() const override {
    return std::unique_ptr<KernelState>(std::make_unique<CopiedState<State>>(initial_));
  }
  Status Run(const RunContext& run) const override {
    return run_(run, static_cast<CopiedState<State>*>(run.state)->current);
  }

 private:
  std::string_view name_;
  State initial_;
  Function run_;
};

// `name` must outlive the kernel (a literal).
template <typename State, typename Function>
Status EmitStateful(PrepareContext& context, std::string_view name, State initial, Function run) {
  context.Emit(std::make_unique<StatefulKernel<State, Function>>(name, std::move(initial), std::move(run)));
  return {};
}

}  // namespace tfld::engine::reference
