// The signal library of TensorFlow Lite Micro: shape rules and preparations of its custom operators, by file.
//
// Integers come out bit for bit as from its portable code. Spectra are interleaved: real part, imaginary part, ...
#pragma once

#include "engine/kernels/op_context.h"

namespace tfld::engine::reference {

// window.cc
Status InferSignalWindow(InferContext& context);
Status PrepareSignalWindow(PrepareContext& context);
Status InferSignalFftAutoScale(InferContext& context);
Status PrepareSignalFftAutoScale(PrepareContext& context);
Status InferSignalEnergy(InferContext& context);
Status PrepareSignalEnergy(PrepareContext& context);

// rfft.cc
Status InferSignalRfft(InferContext& context);
Status PrepareSignalRfft(PrepareContext& context);
Status InferSignalIrfft(InferContext& context);
Status PrepareSignalIrfft(PrepareContext& context);

// filter_bank.cc
Status InferSignalFilterBank(InferContext& context);
Status PrepareSignalFilterBank(PrepareContext& context);
Status InferSignalChannels(InferContext& context);  // every output has the shape of input 0, a list
Status PrepareSignalFilterBankSquareRoot(PrepareContext& context);
Status PrepareSignalFilterBankSpectralSubtraction(PrepareContext& context);

// filter_bank_log.cc
Status PrepareSignalFilterBankLog(PrepareContext& context);
Status PrepareSignalPcan(PrepareContext& context);

// frames.cc
Status InferSignalFramer(InferContext& context);
Status PrepareSignalFramer(PrepareContext& context);
Status InferSignalStacker(InferContext& context);
Status PrepareSignalStacker(PrepareContext& context);
Status InferSignalDelay(InferContext& context);
Status PrepareSignalDelay(PrepareContext& context);
Status InferSignalOverlapAdd(InferContext& context);
Status PrepareSignalOverlapAdd(PrepareContext& context);

}  // namespace tfld::engine::reference
