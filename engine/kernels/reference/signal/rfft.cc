// SignalRfft and SignalIrfft: the transform of each frame along the last axis, and its inverse.
//
// Frames that are shorter than fft_length are filled up with zeros. In int16 and int32 both directions divide by the
// length; in float only the inverse does, in all.
#include <cstring>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/real_fft.h"
#include "engine/kernels/reference/signal/signal.h"

namespace tfld::engine::reference {
namespace {

constexpr int kMaxLength = 1 << 20;
constexpr int kMaxRadix = 1024;  // the work grows with it

struct Frames {
  int length;                  // of the transform
  std::int64_t count;          // of frames
  std::int64_t input, output;  // elements of one frame
};

Result<int> ReadLength(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const int length, options.IntBetween("fft_length", 2, kMaxLength));
  if (length % 2 != 0) return context.Error(StrCat("fft_length ", length, " is not even"));
  return length;
}

std::int32_t LastDim(const Shape& shape) { return shape.dim(shape.rank() - 1); }

Status SetLastDim(InferContext& context, std::int32_t size) {
  Shape shape = context.Input(0).shape;
  shape.set_dim(shape.rank() - 1, size);
  return context.SetOutputShape(0, shape);
}

Result<Frames> ReadFrames(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const int length, ReadLength(context));
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  const Shape& input = context.Input(0).shape;
  return Frames{.length = length,
                .count = input.Product(0, input.rank() - 1),
                .input = LastDim(input),
                .output = LastDim(context.Output(0).shape)};
}

template <typename T>
Status EmitTransform(PrepareContext& context, std::string_view name, const Frames& frames, bool inverse) {
  const auto transform = std::make_shared<const RealFft<T>>(frames.length, inverse);
  if (transform->greatest_radix() > kMaxRadix) {
    return context.Unsupported(StrCat("fft_length ", frames.length, " has a prime factor above ", kMaxRadix));
  }
  const int frame = context.RequestScratch(static_cast<std::size_t>(frames.length + 2) * sizeof(T));
  const int scratch = context.RequestScratch(transform->scratch_size() * sizeof(Bin<T>));
  return context.Emit(name, [=](const RunContext& run) -> Status {
    const T* input = run.Input<T>(0);
    T* output = run.Output<T>(0);
    T* const whole_frame = run.Scratch<T>(frame);
    for (std::int64_t i = 0; i < frames.count; ++i, input += frames.input, output += frames.output) {
      if (inverse) {
        transform->Inverse(reinterpret_cast<const Bin<T>*>(input), reinterpret_cast<Bin<T>*>(output),
                           run.Scratch<Bin<T>>(scratch));
        if constexpr (kIsFloat<T>) {
          for (int k = 0; k < frames.length; ++k) output[k] /= static_cast<float>(frames.length);
        }
      } else {
        std::memset(whole_frame, 0, static_cast<std::size_t>(frames.length) * sizeof(T));
        if (frames.input > 0) std::memcpy(whole_frame, input, static_cast<std::size_t>(frames.input) * sizeof(T));
        transform->Forward(reinterpret_cast<const Bin<T>*>(whole_frame), reinterpret_cast<Bin<T>*>(output),
                           run.Scratch<Bin<T>>(scratch));
      }
    }
    return {};
  });
}

Status PrepareTransform(PrepareContext& context, std::string_view name, bool inverse) {
  TFLD_ASSIGN_OR_RETURN(const Frames frames, ReadFrames(context));
  return DispatchType<float, std::int16_t, std::int32_t>(
      context, context.Input(0).type,
      [&]<typename T>(TypeTag<T>) -> Status { return EmitTransform<T>(context, name, frames, inverse); });
}

}  // namespace

Status InferSignalRfft(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const int length, ReadLength(context));
  if (LastDim(context.Input(0).shape) > length) {
    return context.Error(StrCat("frames of ", LastDim(context.Input(0).shape), " do not fit into fft_length ", length));
  }
  return SetLastDim(context, length + 2);
}

Status PrepareSignalRfft(PrepareContext& context) { return PrepareTransform(context, "reference.signal_rfft", false); }

Status InferSignalIrfft(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const int length, ReadLength(context));
  const std::int32_t bins = LastDim(context.Input(0).shape);
  if (bins < length + 2 || bins % 2 != 0) {
    return context.Error(StrCat("spectra of ", bins, " numbers; fft_length ", length, " needs ", length + 2));
  }
  return SetLastDim(context, length);
}

Status PrepareSignalIrfft(PrepareContext& context) { return PrepareTransform(context, "reference.signal_irfft", true); }

}  // namespace tfld::engine::reference
