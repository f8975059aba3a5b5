#include "tests/fuzz/harness.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>

#include "engine/golden/random_input.h"
#include "engine/graph/operation_count.h"
#include "engine/runtime/executable_impl.h"
#include "engine/runtime/session_impl.h"
#include "engine/tools/explain.h"
#include "tests/fuzz/dice.h"

namespace tfld::test {
namespace {

constexpr int kMaxSteps = 1000;
constexpr double kMaxOperations = 1e6;
constexpr std::size_t kMaxTraceBytes = 16 << 20;

// Ends a run after so many steps.
class StepBudget final : public engine::StepObserver {
 public:
  bool BeforeStep(int, int) override { return ++steps_ <= kMaxSteps; }
  void AfterStep(int, int, std::string_view) override {}

 private:
  int steps_ = 0;
};

// Finds the nodes that are given NaNs.
class NanFinder final : public engine::StepObserver {
 public:
  explicit NanFinder(engine::Session& session) : session_(session) {}

  bool BeforeStep(int source, int node) override {
    const auto& graphs = session_.impl().plan->graphs;
    for (int graph = 0; node >= 0 && graph < static_cast<int>(graphs.size()); ++graph) {
      const engine::GraphPlan& plan = graphs[static_cast<std::size_t>(graph)];
      if (plan.source == source && IsGivenNan(graph, plan.graph.nodes[static_cast<std::size_t>(node)])) {
        found_.insert({graph, node});
      }
    }
    return budget_.BeforeStep(source, node);
  }
  void AfterStep(int, int, std::string_view) override {}

  const std::set<std::pair<int, int>>& found() const { return found_; }

 private:
  bool IsGivenNan(int graph, const engine::Node& node) const {
    return std::ranges::any_of(node.inputs, [&](engine::ValueId id) {
      if (id == engine::kNoValue || session_.impl().slot(graph, id) < 0) return false;
      const engine::TensorView view = session_.impl().View(graph, id);
      if (view.type != engine::ElementType::kFloat32) return false;
      return std::ranges::any_of(view.As<float>(), [](float value) { return std::isnan(value); });
    });
  }

  engine::Session& session_;
  StepBudget budget_;
  std::set<std::pair<int, int>> found_;
};

void FillInputs(engine::Session& session, const engine::Executable& executable, int entry_point, std::uint64_t seed) {
  const auto inputs = executable.entry_points()[static_cast<std::size_t>(entry_point)].inputs.size();
  for (std::size_t i = 0; i < inputs; ++i) {
    const engine::TensorView view = session.Input(static_cast<int>(i), entry_point);
    if (view.type != engine::ElementType::kString) engine::FillRandom(view, seed + i);
  }
}

// By graph of the plan and node.
std::set<std::pair<int, int>> NodesGivenNans(const std::shared_ptr<const engine::Model>& model, std::uint64_t seed) {
  const auto executable = PlanForFuzz(model, engine::Backend::kReference);
  if (executable == nullptr) return {};
  const auto session = executable->NewSession();
  if (!session.ok()) return {};
  NanFinder finder(**session);
  (*session)->SetObserver(&finder);
  FillInputs(**session, *executable, 0, seed);
  static_cast<void>((*session)->Run());
  return finder.found();
}

}  // namespace

std::shared_ptr<const engine::Model> LoadForFuzz(std::span<const std::byte> bytes) {
  auto model = engine::Model::FromBytes(bytes, "fuzz", kFuzzLimits);
  return model.ok() ? std::move(model).value() : nullptr;
}

std::shared_ptr<const engine::Executable> PlanForFuzz(const std::shared_ptr<const engine::Model>& model,
                                                      engine::Backend backend) {
  auto executable = engine::Executable::Create(model, {.backend = backend, .threads = 1, .limits = kFuzzLimits});
  return executable.ok() ? std::move(executable).value() : nullptr;
}

bool IsCheap(const engine::Executable& executable) {
  double operations = 0.0;
  for (const engine::GraphPlan& plan : executable.impl().plan->graphs) {
    for (const engine::Node& node : plan.graph.nodes) operations += engine::CountOperations(plan.graph, node);
  }
  return operations <= kMaxOperations;
}

void ResizeForFuzz(engine::Session& session, const engine::Executable& executable, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<engine::Shape> shapes;
  for (const engine::TensorInfo& info : executable.inputs()) {
    std::vector<std::int32_t> dims(info.shape.dims().begin(), info.shape.dims().end());
    if (!dims.empty()) dims[dice.Below(dims.size())] = dice.OneIn(8) ? 0 : dice.Between(1, 12);
    shapes.push_back(engine::Shape(dims));
  }
  static_cast<void>(session.ResizeInputs(shapes));
}

Status RunForFuzz(engine::Session& session, const engine::Executable& executable, std::uint64_t seed) {
  Status status;
  for (int point = 0; point < static_cast<int>(executable.entry_points().size()); ++point) {
    for (int run = 0; run < 2; ++run) {
      StepBudget budget;
      session.SetObserver(&budget);
      FillInputs(session, executable, point, seed);
      status = session.Run(point);
      session.SetObserver(nullptr);
    }
    session.Reset();
  }
  return status;
}

void CompareBackends(const std::shared_ptr<const engine::Model>& model, std::uint64_t seed) {
  const engine::ExecutableOptions options{.backend = engine::Backend::kCpu, .threads = 1, .limits = kFuzzLimits};
  const auto feed = [seed](const engine::Executable& executable, engine::Session& session) {
    FillInputs(session, executable, 0, seed);
    return session.Run();
  };
  const auto explanation = engine::ExplainByBackend(model, options, engine::Backend::kReference, feed, kMaxTraceBytes);
  if (!explanation.ok()) return;
  for (const engine::NodeDifference& node : explanation->nodes) {
    const engine::TraceDifference& alone = node.alone;
    const bool is_byte = alone.type == engine::ElementType::kInt8 || alone.type == engine::ElementType::kUInt8;
    if (!is_byte || node.within()) continue;
    // What a NaN becomes in 8 bits is each backend's own, and with XNNPACK each processor's.
    if (NodesGivenNans(model, seed).contains({alone.graph, alone.node})) continue;
    std::fprintf(stderr, "node %d (%s): %s differs by %g from the reference\n", alone.node, node.op.c_str(),
                 alone.kernel.c_str(), alone.comparison.max_abs_diff);
    std::abort();
  }
}

}  // namespace tfld::test
