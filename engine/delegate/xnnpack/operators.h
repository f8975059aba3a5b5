// One function an operator family: emits a kernel for the node, or declines by returning OK without emitting. All are
// called with inputs and outputs that have at least one element.
#pragma once

#include "engine/delegate/xnnpack/operator_kernel.h"

namespace tfld::engine::xnnpack {

using PrepareOperator = Status (*)(PrepareContext&);

Status PrepareConv2d(PrepareContext& context);
Status PrepareDepthwiseConv2d(PrepareContext& context);
Status PrepareFullyConnected(PrepareContext& context);

Status PrepareAdd(PrepareContext& context);
Status PrepareSub(PrepareContext& context);
Status PrepareMul(PrepareContext& context);
Status PrepareMaximum(PrepareContext& context);
Status PrepareMinimum(PrepareContext& context);
Status PreparePrelu(PrepareContext& context);

Status PrepareRelu(PrepareContext& context);
Status PrepareReluN1To1(PrepareContext& context);
Status PrepareRelu6(PrepareContext& context);
Status PrepareLogistic(PrepareContext& context);
Status PrepareTanh(PrepareContext& context);
Status PrepareLeakyRelu(PrepareContext& context);
Status PrepareHardSwish(PrepareContext& context);
Status PrepareConvert(PrepareContext& context);  // QUANTIZE and DEQUANTIZE

Status PrepareMaxPool2d(PrepareContext& context);
Status PrepareAveragePool2d(PrepareContext& context);
Status PrepareMean(PrepareContext& context);
Status PrepareSoftmax(PrepareContext& context);
Status PrepareResizeBilinear(PrepareContext& context);
Status PrepareTranspose(PrepareContext& context);
Status PreparePad(PrepareContext& context);

}  // namespace tfld::engine::xnnpack
