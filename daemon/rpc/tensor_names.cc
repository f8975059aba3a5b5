#include "daemon/rpc/tensor_names.h"

#include "engine/base/str_cat.h"

namespace tfld::daemon {

using engine::TensorInfo;

int IndexOf(const std::vector<TensorInfo>& tensors, std::string_view name, int hint) {
  const int count = static_cast<int>(tensors.size());
  if (hint < count && tensors[static_cast<std::size_t>(hint)].name == name) return hint;
  for (int i = 0; i < count; ++i) {
    if (tensors[static_cast<std::size_t>(i)].name == name) return i;
  }
  return -1;
}

std::string NamesOf(const std::vector<TensorInfo>& tensors) {
  std::string names;
  for (const TensorInfo& tensor : tensors) names += StrCat(names.empty() ? "'" : ", '", tensor.name, "'");
  return names;
}

}  // namespace tfld::daemon
