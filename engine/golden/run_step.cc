#include "engine/golden/run_step.h"

#include <algorithm>

#include "engine/base/str_cat.h"

namespace tfld::engine {
namespace {

Result<int> FindEntryPoint(const Executable& executable, const std::string& signature) {
  if (signature.empty()) return 0;
  const auto points = executable.entry_points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].key == signature) return static_cast<int>(i);
  }
  return InvalidArgument(StrCat("the model has no signature \"", signature, "\""));
}

Result<int> FindTensor(const std::vector<TensorInfo>& infos, const GoldenTensor& tensor, std::size_t position,
                       bool by_name) {
  std::size_t index = position;
  if (by_name && !tensor.sig_name.empty()) {
    const auto found = std::ranges::find(infos, tensor.sig_name, &TensorInfo::name);
    if (found == infos.end()) return InvalidArgument(StrCat("the signature has no tensor \"", tensor.sig_name, "\""));
    index = static_cast<std::size_t>(found - infos.begin());
  }
  if (index >= infos.size()) return InvalidArgument(StrCat("the model has only ", infos.size(), " tensors there"));
  if (infos[index].type != tensor.type) {
    return InvalidArgument(StrCat(infos[index].name, " is ", ElementTypeName(infos[index].type), " in the model, ",
                                  ElementTypeName(tensor.type), " in the golden"));
  }
  return static_cast<int>(index);
}

Result<std::vector<int>> FindTensors(const std::vector<TensorInfo>& infos, const std::vector<GoldenTensor>& tensors,
                                     bool by_name, std::string_view kind) {
  std::vector<int> indices;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    auto index = FindTensor(infos, tensors[i], i, by_name);
    if (!index.ok()) return index.status().WithContext(StrCat(kind, " ", i));
    indices.push_back(*index);
  }
  return indices;
}

// Gives the session the golden's input shapes, if they differ.
Status FitShapes(Session& session, const GoldenStep& step, const StepBinding& binding) {
  std::vector<Shape> shapes(step.inputs.size());
  bool differ = false;
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    shapes[static_cast<std::size_t>(binding.inputs[i])] = step.inputs[i].shape;
    differ |= session.Input(binding.inputs[i], binding.entry_point).shape != step.inputs[i].shape;
  }
  return differ ? session.ResizeInputs(shapes, binding.entry_point) : Status();
}

}  // namespace

Result<StepBinding> BindStep(const Executable& executable, const GoldenStep& step) {
  StepBinding binding;
  TFLD_ASSIGN_OR_RETURN(binding.entry_point, FindEntryPoint(executable, step.signature));
  const EntryPoint& point = executable.entry_points()[static_cast<std::size_t>(binding.entry_point)];
  const bool by_name = !step.signature.empty();
  if (step.inputs.size() != point.inputs.size()) {
    return InvalidArgument(StrCat("the model has ", point.inputs.size(), " inputs, the golden ", step.inputs.size()));
  }
  TFLD_ASSIGN_OR_RETURN(binding.inputs, FindTensors(point.inputs, step.inputs, by_name, "input"));
  TFLD_ASSIGN_OR_RETURN(binding.outputs, FindTensors(point.outputs, step.outputs, by_name, "output"));
  return binding;
}

Status RunStep(Session& session, const GoldenStep& step, const StepBinding& binding) {
  TFLD_RETURN_IF_ERROR(FitShapes(session, step, binding));
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    TFLD_RETURN_IF_ERROR(session.SetInput(binding.inputs[i], step.inputs[i].data, binding.entry_point));
  }
  return session.Run(binding.entry_point);
}

}  // namespace tfld::engine
