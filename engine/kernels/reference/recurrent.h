// Recurrent operators: SVDF, RNN and LSTM with their sequences. Their state lies in variable tensors, which they read
// and write.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

Status InferBidirectionalSequenceLstm(InferContext& context);
Status InferBidirectionalSequenceRnn(InferContext& context);
Status InferLstm(InferContext& context);
Status InferRnn(InferContext& context);
Status InferSvdf(InferContext& context);
Status InferUnidirectionalSequenceLstm(InferContext& context);
Status InferUnidirectionalSequenceRnn(InferContext& context);

Status PrepareBidirectionalSequenceLstm(PrepareContext& context);
Status PrepareBidirectionalSequenceRnn(PrepareContext& context);
Status PrepareLstm(PrepareContext& context);
Status PrepareRnn(PrepareContext& context);
Status PrepareSvdf(PrepareContext& context);
Status PrepareUnidirectionalSequenceLstm(PrepareContext& context);
Status PrepareUnidirectionalSequenceRnn(PrepareContext& context);

}  // namespace tfld::engine::reference
