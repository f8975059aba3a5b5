#include "engine/golden/check.h"

#include <algorithm>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/golden/compare.h"
#include "engine/golden/run_step.h"

namespace tfld::engine {
namespace {

bool HasIntegerInput(const Golden& golden) {
  const auto is_eight_bit = [](const GoldenTensor& tensor) {
    return tensor.type == ElementType::kInt8 || tensor.type == ElementType::kUInt8;
  };
  return std::ranges::any_of(golden.steps,
                             [&](const GoldenStep& step) { return std::ranges::any_of(step.inputs, is_eight_bit); });
}

CaseFacts FactsOf(const Golden& golden, Backend backend) {
  return {.backend = backend,
          .one_operator = golden.operators.size() == 1,
          .dynamic_range = golden.HasTag("dynamic_range"),
          .float_io = golden.HasTag("float_io"),
          .integer_input = HasIntegerInput(golden),
          .by_default_kernels = golden.by_default_kernels,
          .given = golden.tolerance};
}

OutputReport CompareOutput(const CaseFacts& facts, const TensorView& actual, const GoldenTensor& expected,
                           std::optional<double> kernels_diff) {
  OutputReport report;
  report.name = expected.name;
  report.type = expected.type;
  report.elements = expected.shape.NumElements();
  if (actual.shape != expected.shape ||
      (expected.type != ElementType::kString && actual.bytes.size() != expected.data.size())) {
    report.problem = StrCat("shape is ", actual.shape.ToString(), ", expected ", expected.shape.ToString());
    report.max_abs_diff = std::numeric_limits<double>::infinity();
    report.differing = report.elements;
    return report;
  }
  const Comparison comparison = Compare(expected.type, actual.bytes, expected.data);
  report.max_abs_diff = comparison.max_abs_diff;
  report.differing = comparison.differing;
  report.allowed =
      AllowedDifference(facts, {.type = expected.type, .largest = comparison.largest, .kernels_diff = kernels_diff});
  return report;
}

double Excess(const OutputReport& report) {
  if (report.max_abs_diff == 0.0) return 0.0;
  return report.allowed > 0.0 ? report.max_abs_diff / report.allowed : std::numeric_limits<double>::infinity();
}

}  // namespace

bool GoldenReport::within() const { return std::ranges::all_of(outputs, &OutputReport::within); }

const OutputReport* GoldenReport::worst() const {
  const auto found = std::ranges::max_element(outputs, {}, Excess);
  return found == outputs.end() ? nullptr : &*found;
}

std::string GoldenReport::Summary() const {
  const OutputReport* report = worst();
  if (report == nullptr) return "no outputs";
  const std::string where = StrCat(outputs.back().step > 0 ? StrCat("step ", report->step, " ") : "", report->name);
  if (!report->problem.empty()) return StrCat(where, ": ", report->problem);
  return StrCat(where, " ", ElementTypeName(report->type), ": greatest difference ",
                static_cast<float>(report->max_abs_diff), ", allowed ", static_cast<float>(report->allowed), " (",
                report->differing, " of ", report->elements, " differ)");
}

Result<GoldenReport> CheckGolden(const Executable& executable, Session& session, const Golden& golden) {
  const CaseFacts facts = FactsOf(golden, executable.options().backend);
  GoldenReport report;
  session.Reset();
  for (std::size_t i = 0; i < golden.steps.size(); ++i) {
    const GoldenStep& step = golden.steps[i];
    const std::string where = StrCat("step ", i);
    auto binding = BindStep(executable, step);
    if (!binding.ok()) return binding.status().WithContext(where);
    if (Status status = RunStep(session, step, *binding); !status.ok()) return status.WithContext(where);
    for (std::size_t k = 0; k < step.outputs.size(); ++k) {
      const GoldenTensor& expected = step.outputs[k];
      const auto kernels_diff = expected.kernels_diff ? expected.kernels_diff : golden.kernel_max_abs_diff;
      report.outputs.push_back(
          CompareOutput(facts, session.Output(binding->outputs[k], binding->entry_point), expected, kernels_diff));
      report.outputs.back().step = static_cast<int>(i);
    }
  }
  return report;
}

}  // namespace tfld::engine
