#include "engine/tools/load_input.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/base/str_cat.h"
#include "engine/golden/npy.h"
#include "engine/golden/random_input.h"
#include "engine/golden/read_file.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

Result<int> FindInput(const std::string& name, std::span<const TensorInfo> inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].name == name || inputs[i].tensor_name == name) return static_cast<int>(i);
  }
  int index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() && index >= 0 &&
      index < static_cast<int>(inputs.size())) {
    return index;
  }
  std::string names;
  for (const TensorInfo& input : inputs) names += StrCat(names.empty() ? "" : ", ", input.name);
  return InvalidArgument(StrCat("the model has no input \"", name, "\"; it has ", inputs.empty() ? "none" : names));
}

using Arrays = std::map<int, NpyArray>;

Result<Arrays> ReadArrays(std::span<const TensorInfo> inputs, std::span<const InputFile> files) {
  Arrays arrays;
  for (const InputFile& file : files) {
    if (!file.path.ends_with(".npy")) continue;
    TFLD_ASSIGN_OR_RETURN(NpyArray array, ReadNpy(file.path, kMaxFileBytes));
    const TensorInfo& input = inputs[static_cast<std::size_t>(file.index)];
    if (array.type != input.type) {
      return InvalidArgument(StrCat(file.path, " holds ", ElementTypeName(array.type), ", input ", input.name, " is ",
                                    ElementTypeName(input.type)));
    }
    arrays[file.index] = std::move(array);
  }
  return arrays;
}

Status FitShapes(Session& session, std::size_t num_inputs, const Arrays& arrays, int entry_point) {
  std::vector<Shape> shapes;
  bool differ = false;
  for (int i = 0; i < static_cast<int>(num_inputs); ++i) {
    shapes.push_back(session.Input(i, entry_point).shape);
    const auto array = arrays.find(i);
    if (array == arrays.end() || array->second.shape == shapes.back()) continue;
    shapes.back() = array->second.shape;
    differ = true;
  }
  return differ ? session.ResizeInputs(shapes, entry_point) : Status();
}

Status LoadRaw(const std::string& path, const TensorView& tensor) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, kMaxFileBytes));
  if (bytes.size() != tensor.bytes.size()) {
    return InvalidArgument(StrCat(path, " has ", bytes.size(), " bytes, the input ", tensor.bytes.size()));
  }
  std::ranges::copy(bytes, tensor.bytes.begin());
  return {};
}

Status LoadFile(const std::string& path, const Arrays& arrays, int index, PixelRange range, const TensorView& tensor) {
  if (const auto array = arrays.find(index); array != arrays.end()) {
    std::ranges::copy(array->second.data, tensor.bytes.begin());
    return {};
  }
  return IsPictureName(path) ? LoadPicture(path, range, tensor) : LoadRaw(path, tensor);
}

}  // namespace

Result<InputFile> ParseInputOption(const std::string& text, std::span<const TensorInfo> inputs) {
  const std::size_t equals = text.find('=');
  InputFile file{0, equals == std::string::npos ? text : text.substr(equals + 1)};
  TFLD_ASSIGN_OR_RETURN(file.index, FindInput(equals == std::string::npos ? "0" : text.substr(0, equals), inputs));
  return file;
}

Status FillInputs(Session& session, std::span<const TensorInfo> inputs, std::span<const InputFile> files,
                  const InputOptions& options) {
  TFLD_ASSIGN_OR_RETURN(const Arrays arrays, ReadArrays(inputs, files));
  TFLD_RETURN_IF_ERROR(FitShapes(session, inputs.size(), arrays, options.entry_point));
  for (int i = 0; i < static_cast<int>(inputs.size()); ++i) {
    FillRandom(session.Input(i, options.entry_point), options.seed + static_cast<std::uint64_t>(i));
  }
  for (const InputFile& file : files) {
    const TensorView tensor = session.Input(file.index, options.entry_point);
    Status status = LoadFile(file.path, arrays, file.index, options.range, tensor);
    if (!status.ok()) return status.WithContext(StrCat("input ", inputs[static_cast<std::size_t>(file.index)].name));
  }
  return {};
}

}  // namespace tfld::engine
