#include "client/ctl/infer_inputs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "client/ctl/elements.h"
#include "client/ctl/files.h"
#include "client/ctl/npy.h"
#include "client/src/string_codec.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

Result<std::size_t> FindInput(const std::string& name, const Binding& binding) {
  if (auto index = binding.InputIndex(name); index.ok()) return index;
  std::size_t index = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool number = parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
  return number && index < binding.inputs().size() ? Result<std::size_t>(index) : binding.InputIndex(name);
}

// From the protocol's form of strings. Where the only size is open, it becomes their number.
Status SetStrings(std::span<const std::byte> bytes, std::size_t index, Binding& binding) {
  const auto strings = client::DecodeStrings(bytes);
  if (!strings.ok()) {
    return InvalidArgument(
        "it ends inside of a string: expected the length of each before it, in 4 bytes, little-endian");
  }
  if (binding.inputs()[index].shape == std::vector<std::int64_t>{-1}) {
    TFLD_RETURN_IF_ERROR(binding.ResizeInput(index, std::array{static_cast<std::int64_t>(strings->size())}));
  }
  return binding.SetStrings(index, std::vector<std::string_view>(strings->begin(), strings->end()));
}

Status CopyBytes(std::span<const std::byte> bytes, std::size_t index, Binding& binding) {
  if (binding.inputs()[index].type == DataType::kBytes) return SetStrings(bytes, index, binding);
  TFLD_ASSIGN_OR_RETURN(const std::span<std::byte> input, binding.InputBytes(index));
  if (bytes.size() != input.size()) {
    return InvalidArgument(
        StrCat("it has ", bytes.size(), " bytes, input ", binding.inputs()[index].name, " has ", input.size()));
  }
  std::copy(bytes.begin(), bytes.end(), input.begin());
  return {};
}

Status CopyNpy(std::string_view file, std::size_t index, Binding& binding) {
  TFLD_ASSIGN_OR_RETURN(const NpyArray array, ParseNpy(file));
  const TensorInfo& input = binding.inputs()[index];
  if (array.type != input.type) {
    return InvalidArgument(StrCat("it has elements of type ", DataTypeName(array.type), ", input ", input.name, " has ",
                                  DataTypeName(input.type)));
  }
  if (array.shape != input.shape) TFLD_RETURN_IF_ERROR(binding.ResizeInput(index, array.shape));
  return CopyBytes(array.bytes, index, binding);
}

Status FillFromFile(const std::string& path, std::size_t index, Binding& binding) {
  TFLD_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  const Status status = path.ends_with(".npy") ? CopyNpy(content, index, binding)
                                               : CopyBytes(std::as_bytes(std::span(content)), index, binding);
  return status.WithContext(path);
}

}  // namespace

Status FillInputs(const std::vector<std::string>& assignments, std::uint64_t seed, Binding& binding) {
  std::vector<bool> filled(binding.inputs().size(), false);
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    TFLD_ASSIGN_OR_RETURN(const std::size_t index, FindInput(assignment.substr(0, equals), binding));
    TFLD_RETURN_IF_ERROR(FillFromFile(assignment.substr(equals + 1), index, binding));
    filled[index] = true;
  }
  for (std::size_t i = 0; i < filled.size(); ++i) {
    if (filled[i]) continue;
    const Result<std::span<std::byte>> bytes = binding.InputBytes(i);
    TFLD_RETURN_IF_ERROR(bytes.status().WithContext(StrCat("give --input ", i, "=FILE.npy")));
    FillRandom(binding.inputs()[i].type, *bytes, seed + i);
  }
  return {};
}

}  // namespace tfld::ctl
