#include "engine/golden/golden.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/str_cat.h"
#include "engine/golden/golden_parser.h"
#include "engine/golden/npy.h"
#include "engine/golden/read_file.h"

namespace tfld::engine {
namespace {

namespace fs = std::filesystem;

// The path of `file` if it lies inside of `directory`, also after links are followed.
Result<std::string> PathInside(const std::string& directory, const std::string& file) {
  const fs::path relative(file);
  const bool climbs = std::ranges::any_of(relative, [](const fs::path& part) { return part == ".."; });
  std::error_code error;
  const fs::path root = fs::weakly_canonical(directory, error);
  const fs::path target = error ? fs::path() : fs::weakly_canonical(root / relative, error);
  const bool inside = !error && std::ranges::mismatch(root, target).in1 == root.end();
  if (relative.is_absolute() || climbs || !inside) {
    return InvalidArgument(StrCat("the file ", file, " lies outside of the golden's directory"));
  }
  return target.string();
}

Status LoadTensor(const std::string& directory, std::size_t& budget, GoldenTensor& tensor) {
  if (tensor.type == ElementType::kString) return {};
  TFLD_ASSIGN_OR_RETURN(const std::string path, PathInside(directory, tensor.file));
  TFLD_ASSIGN_OR_RETURN(NpyArray array, ReadNpy(path, budget));
  if (array.type != tensor.type || array.shape != tensor.shape) {
    return InvalidArgument(StrCat(tensor.file, " holds ", ElementTypeName(array.type), " ", array.shape.ToString(),
                                  ", expected ", ElementTypeName(tensor.type), " ", tensor.shape.ToString()));
  }
  budget -= array.data.size();
  tensor.data = std::move(array.data);
  return {};
}

Status LoadTensors(Golden& golden, std::size_t budget) {
  for (GoldenStep& step : golden.steps) {
    for (auto* tensors : {&step.inputs, &step.outputs}) {
      for (GoldenTensor& tensor : *tensors) TFLD_RETURN_IF_ERROR(LoadTensor(golden.directory, budget, tensor));
    }
  }
  return {};
}

}  // namespace

bool Golden::HasTag(std::string_view tag) const { return std::ranges::find(tags, tag) != tags.end(); }

Result<Golden> LoadGolden(const std::string& directory, const GoldenLimits& limits) {
  const std::string path = (fs::path(directory) / "golden.json").string();
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, limits.max_json_bytes));
  auto golden = ParseGoldenJson({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, limits);
  if (!golden.ok()) return golden.status().WithContext(path);
  golden->directory = directory;
  if (Status status = LoadTensors(*golden, limits.max_total_bytes); !status.ok()) return status.WithContext(path);
  return golden;
}

}  // namespace tfld::engine
