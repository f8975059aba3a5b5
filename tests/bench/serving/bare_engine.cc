#include "tests/bench/serving/bare_engine.h"

#include <algorithm>
#include <map>
#include <vector>

#include "tests/bench/serving/latencies.h"
#include "tests/bench/serving/worker.h"

namespace tfld::bench {
namespace {

class StepTimer final : public engine::StepObserver {
 public:
  bool BeforeStep(int, int) override {
    begin_ = MonotonicNs();
    return true;
  }
  void AfterStep(int graph, int node, std::string_view) override {
    times_[{graph, node}].push_back(static_cast<double>(MonotonicNs() - begin_) / 1e3);
  }
  double LongestUs() const {
    double longest = 0;
    for (const auto& [step, times] : times_) longest = std::max(longest, Median(times));
    return longest;
  }

 private:
  std::int64_t begin_ = 0;
  std::map<std::pair<int, int>, std::vector<double>> times_;
};

}  // namespace

Result<BareEngine> BareEngine::Load(std::span<const std::byte> model) {
  TFLD_ASSIGN_OR_RETURN(auto loaded, engine::Model::FromBytes(model, "bench"));
  TFLD_ASSIGN_OR_RETURN(auto executable, engine::Executable::Create(std::move(loaded), {}));
  TFLD_ASSIGN_OR_RETURN(auto session, executable->NewSession());
  return BareEngine(std::move(executable), std::move(session));
}

double BareEngine::LongestStepUs() {
  StepTimer timer;
  session_->SetObserver(&timer);
  for (int i = 0; i < 50; ++i) (void)session_->Run();
  session_->SetObserver(nullptr);
  return timer.LongestUs();
}

}  // namespace tfld::bench
