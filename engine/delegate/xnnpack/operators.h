// One function an operator family: emits a kernel for the node, or declines by returning OK without emitting. All are
// called with inputs and outputs that have at least one element.
#pragma once

#include "engine/delegate/xnnpack/operator_kernel.h"

namespace tfld::engine::xnnpack {

using PrepareOperator = Status (*)(PrepareContext&, Resources&);

Status PrepareConv2d(PrepareContext& context, Resources& resources);
Status PrepareDepthwiseConv2d(PrepareContext& context, Resources& resources);
Status PrepareFullyConnected(PrepareContext& context, Resources& resources);

Status PrepareAdd(PrepareContext& context, Resources& resources);
Status PrepareSub(PrepareContext& context, Resources& resources);
Status PrepareMul(PrepareContext& context, Resources& resources);
Status PrepareMaximum(PrepareContext& context, Resources& resources);
Status PrepareMinimum(PrepareContext& context, Resources& resources);
Status PreparePrelu(PrepareContext& context, Resources& resources);

Status PrepareRelu(PrepareContext& context, Resources& resources);
Status PrepareReluN1To1(PrepareContext& context, Resources& resources);
Status PrepareRelu6(PrepareContext& context, Resources& resources);
Status PrepareLogistic(PrepareContext& context, Resources& resources);
Status PrepareTanh(PrepareContext& context, Resources& resources);
Status PrepareLeakyRelu(PrepareContext& context, Resources& resources);
Status PrepareHardSwish(PrepareContext& context, Resources& resources);
Status PrepareConvert(PrepareContext& context, Resources& resources);  // QUANTIZE and DEQUANTIZE

Status PrepareMaxPool2d(PrepareContext& context, Resources& resources);
Status PrepareAveragePool2d(PrepareContext& context, Resources& resources);
Status PrepareMean(PrepareContext& context, Resources& resources);
Status PrepareSoftmax(PrepareContext& context, Resources& resources);
Status PrepareResizeBilinear(PrepareContext& context, Resources& resources);
Status PrepareTranspose(PrepareContext& context, Resources& resources);
Status PreparePad(PrepareContext& context, Resources& resources);

}  // namespace tfld::engine::xnnpack
