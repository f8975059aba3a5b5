#include "tests/conformance/cases.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <set>

#include "engine/golden/discover.h"
#include "tests/support/test_paths.h"

namespace tfld::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> GoldensBelow(const fs::path& directory) {
  const auto found = engine::FindGoldens(directory.string());
  return found.ok() ? *found : std::vector<std::string>{};
}

// golden/<model>/<case>, with the model in models/.
void AddModels(const fs::path& shared, std::vector<Case>& cases) {
  for (const std::string& directory : GoldensBelow(shared / "golden")) {
    const std::string model = fs::path(directory).parent_path().filename().string();
    cases.push_back({Kind::kModel, fs::path(directory).lexically_relative(shared).string(), directory,
                     (shared / "models" / (model + ".tflite")).string()});
  }
}

// ops/<operator>/<case>, each with its model.tflite.
void AddOperators(const fs::path& shared, std::vector<Case>& cases) {
  for (const std::string& directory : GoldensBelow(shared / "ops")) {
    cases.push_back({Kind::kOperator, fs::path(directory).lexically_relative(shared).string(), directory,
                     (fs::path(directory) / "model.tflite").string()});
  }
}

// Version 3 is bad on purpose, for demonstrations of a deploy that is refused.
constexpr std::string_view kBadVersion = "bearing_fault/3/golden";

void AddShipped(std::vector<Case>& cases) {
  const fs::path root = SourceDir() / "packaging" / "models";
  for (const std::string& directory : GoldensBelow(root)) {
    const std::string name = fs::path(directory).lexically_relative(root).string();
    cases.push_back({name == kBadVersion ? Kind::kBad : Kind::kModel, "shipped/" + name, directory,
                     (fs::path(directory).parent_path() / "model.tflite").string()});
  }
}

}  // namespace

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  if (const auto shared = SharedDir()) {
    AddModels(*shared, cases);
    AddOperators(*shared, cases);
  }
  AddShipped(cases);
  std::ranges::sort(cases, {}, &Case::name);
  return cases;
}

std::vector<Case> WholeModels() {
  std::vector<Case> models;
  std::set<std::string> seen;
  for (const Case& one : AllCases()) {
    if (one.kind == Kind::kModel && seen.insert(one.model).second) models.push_back(one);
  }
  return models;
}

std::string_view GoldenFault(const std::string& name) {
  // Found by comparing with the sums done by hand: all differences are in channels with a weight of -128.
  if (name.starts_with("ops/d_fully_connected/hybrid2_i8") || name.starts_with("ops/d_fully_connected/hybrid4_")) {
    return "the golden's kernel loses the sign of a weight of -128 where the input is negative";
  }
  // There is no reference ROUND, so these come from kernels whose QUANTIZE multiplies by the inverse of the scale.
  if (name.starts_with("ops/q_act_round/")) return "the golden's QUANTIZE rounds a tie by the inverse of the scale";
  if (name.starts_with("ops/d_act/prelu_i16_")) return "the golden's kernel reads an int16 alpha as if it were int8";
  // Made by optimized float kernels, because the reference has none: the sums are in another order, and this output is
  // all but zero everywhere.
  if (name.starts_with("golden/selfie_segmentation_fp16/random")) return "the golden is not of reference kernels";
  return {};
}

std::string TestName(const std::string& name) {
  std::string result = name;
  std::ranges::replace_if(
      result, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return result;
}

}  // namespace tfld::test
