// MEAN.
#include "engine/delegate/xnnpack/reduce.h"

#include <set>

#include "engine/delegate/xnnpack/operators.h"

namespace tfld::engine::xnnpack {

Stage MeanStage(const Value& input, const Value& output, std::vector<std::int64_t> axes) {
  const xnn_datatype data_type = DataType(input);
  const xnn_quantization_params from = QuantizationParams(input);
  const xnn_quantization_params to = QuantizationParams(output);
  return {
      .create = [=](xnn_weights_cache_t,
                    xnn_operator_t* op) { return xnn_create_reduce_nd(xnn_reduce_mean, data_type, &from, &to, 0, op); },
      .reshape =
          [=, axes = std::move(axes), dims = Dims(input.shape)](xnn_operator_t op, Workspace* workspace,
                                                                pthreadpool_t pool) {
            const xnn_status status = xnn_reshape_reduce_nd(op, axes.size(), axes.data(), dims.size(), dims.data(),
                                                            &workspace->bytes, &workspace->alignment, pool);
            // A workspace is for sums of integers; float sums are made in the output, and must not be given one.
            if (data_type == xnn_datatype_fp32) *workspace = {};
            return status;
          },
      .setup = [](xnn_operator_t op,
                  const Buffers& b) { return xnn_setup_reduce_nd(op, b.workspace, b.inputs[0], b.output); },
  };
}

Status PrepareMean(PrepareContext& context) {
  const Value& input = context.Input(0);
  const Value& output = context.Output(0);
  if (input.is_constant || input.type != output.type || !context.Input(1).is_constant) return {};
  if (!IsFloat(input) && !(IsQuantized(input) && IsQuantized(output))) return {};
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::int32_t> given, context.ConstantInts(1));
  const int rank = input.shape.rank();
  std::set<std::int64_t> axes;
  for (const std::int32_t axis : given) {
    if (axis < -rank || axis >= rank) return {};
    axes.insert(axis < 0 ? axis + rank : axis);
  }
  if (axes.empty()) return {};
  Recipe recipe;
  recipe.name = "xnnpack.mean";
  recipe.stages.push_back(MeanStage(input, output, {axes.begin(), axes.end()}));
  return EmitOperator(context, std::move(recipe));
}

}  // namespace tfld::engine::xnnpack
