// Custom operators of TensorFlow Lite: shape rules and preparations, by file. Their options are FlexBuffers.
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// detection_postprocess.cc
Status InferDetectionPostProcess(InferContext& context);
Status PrepareDetectionPostProcess(PrepareContext& context);

// audio_spectrogram.cc, mfcc.cc
Status InferAudioSpectrogram(InferContext& context);
Status PrepareAudioSpectrogram(PrepareContext& context);
Status InferMfcc(InferContext& context);
Status PrepareMfcc(PrepareContext& context);

// numeric_verify.cc
Status InferNumericVerify(InferContext& context);
Status PrepareNumericVerify(PrepareContext& context);

}  // namespace tfld::engine::reference
