// SignalFramer, SignalStacker, SignalDelay, SignalOverlapAdd: a signal that comes in pieces, cut into frames and put
// together again. What a piece leaves for the next one is the session's state.
//
// Outputs that are not valid yet are zeros.
#include <algorithm>
#include <limits>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/dispatch.h"
#include "engine/kernels/reference/flex_options.h"
#include "engine/kernels/reference/signal/sample_queue.h"
#include "engine/kernels/reference/signal/signal.h"
#include "engine/kernels/reference/stateful.h"

namespace tfld::engine::reference {
namespace {

using Queues = std::vector<SampleQueue>;  // one for each line of the signal

constexpr int kIsValid = 1;
constexpr std::int32_t kMaxSize = 1 << 20;       // of a frame or a delay, in samples
constexpr std::int64_t kMaxStateSize = 1 << 24;  // in samples

std::int32_t LastDim(const Shape& shape) { return shape.dim(shape.rank() - 1); }

Status CheckStateSize(const OpContext& context, std::int64_t lines, std::int64_t size) {
  if (lines == 0 || size <= kMaxStateSize / lines) return {};
  return context.Unsupported(StrCat("a state of ", lines, " times ", size, " samples"));
}

struct Framer {
  std::int32_t size, step;
  bool prefill;  // the signal starts with zeros, so that the first piece fills a frame

  static Result<Framer> Read(const OpContext& context) {
    TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
    Framer framer{};
    TFLD_ASSIGN_OR_RETURN(framer.size, options.IntBetween("frame_size", 1, kMaxSize));
    TFLD_ASSIGN_OR_RETURN(framer.step, options.IntBetween("frame_step", 1, kMaxSize));
    TFLD_ASSIGN_OR_RETURN(framer.prefill, options.Bool("prefill"));
    if (framer.prefill && framer.size < framer.step) return context.Error("prefill needs frame_size >= frame_step");
    return framer;
  }

  // Frames start at multiples of the step, so no more samples than these wait at a time.
  std::int32_t capacity() const { return (size + step - 1) / step * step; }

  // Takes one step of samples; true when that fills a frame.
  bool Next(SampleQueue& queue, const std::int16_t* samples, std::int16_t* frame) const {
    const auto whole = static_cast<std::size_t>(size);
    queue.Append(samples, static_cast<std::size_t>(step));
    if (queue.size() < whole) {
      std::fill_n(frame, whole, std::int16_t{0});
      return false;
    }
    queue.Copy(whole, frame);
    queue.Drop(static_cast<std::size_t>(step));
    return true;
  }
};

struct Stacker {
  std::int32_t channels, left, right, step;

  static Result<Stacker> Read(const OpContext& context) {
    TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
    Stacker stacker{};
    TFLD_ASSIGN_OR_RETURN(stacker.channels, options.IntBetween("num_channels", 1, kMaxSize));
    TFLD_ASSIGN_OR_RETURN(stacker.left, options.IntBetween("stacker_left_context", 0, kMaxSize));
    TFLD_ASSIGN_OR_RETURN(stacker.right, options.IntBetween("stacker_right_context", 0, kMaxSize));
    TFLD_ASSIGN_OR_RETURN(stacker.step, options.IntBetween("stacker_step", 1, stacker.left + stacker.right + 1));
    TFLD_RETURN_IF_ERROR(CheckStateSize(context, stacker.channels, stacker.left + stacker.right + 1));
    return stacker;
  }

  std::int32_t size() const { return channels * (left + right + 1); }
};

struct Stack {
  SampleQueue queue;
  bool has_first_frame = false;
};

template <typename T>
T SaturatingAdd(T a, T b) {
  if constexpr (kIsFloat<T>) {
    return a + b;
  } else {
    using Limits = std::numeric_limits<T>;
    return static_cast<T>(std::clamp<std::int32_t>(std::int32_t{a} + b, Limits::min(), Limits::max()));
  }
}

// Adds a frame to what waits, gives out the first `step` of it and moves the rest to the front.
template <typename T>
void OverlapAdd(const T* frame, std::size_t size, std::size_t step, T* waiting, T* output) {
  for (std::size_t i = 0; i < size; ++i) waiting[i] = SaturatingAdd(frame[i], waiting[i]);
  std::copy_n(waiting, step, output);
  std::copy(waiting + step, waiting + size, waiting);
  std::fill_n(waiting + (size - step), step, T{});
}

Result<int> ReadOverlapStep(const OpContext& context) {
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  return options.IntBetween("frame_step", 1, std::max(1, LastDim(context.Input(0).shape)));
}

Status RequireInt16(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kInt16}));
  return context.RequireSameType(0, 0);
}

}  // namespace

Status InferSignalFramer(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank - 1));
  TFLD_ASSIGN_OR_RETURN(const Framer framer, Framer::Read(context));
  Shape shape = context.Input(0).shape;
  const std::int32_t piece = LastDim(shape);
  if (piece < framer.step || piece % framer.step != 0) {
    return context.Error(StrCat(piece, " samples are not a multiple of frame_step ", framer.step));
  }
  shape.set_dim(shape.rank() - 1, piece / framer.step);
  shape.Append(framer.size);
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(0, shape));
  return context.SetOutputShape(kIsValid, {});
}

Status PrepareSignalFramer(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireInt16(context));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kIsValid, {ElementType::kBool}));
  TFLD_ASSIGN_OR_RETURN(const Framer framer, Framer::Read(context));
  const Shape& shape = context.Input(0).shape;
  const std::int64_t lines = shape.Product(0, shape.rank() - 1);
  const std::int32_t frames = LastDim(shape) / framer.step;
  TFLD_RETURN_IF_ERROR(CheckStateSize(context, lines, framer.capacity()));
  const std::size_t zeros = framer.prefill ? static_cast<std::size_t>(framer.size - framer.step) : 0;
  Queues queues(static_cast<std::size_t>(lines), SampleQueue(static_cast<std::size_t>(framer.capacity()), zeros));
  return EmitStateful(context, "reference.signal_framer", std::move(queues),
                      [framer, frames](const RunContext& run, Queues& waiting) -> Status {
                        const auto* input = run.Input<std::int16_t>(0);
                        auto* output = run.Output<std::int16_t>(0);
                        bool valid = true;
                        for (SampleQueue& queue : waiting) {
                          for (std::int32_t i = 0; i < frames; ++i, input += framer.step, output += framer.size) {
                            valid = framer.Next(queue, input, output) && valid;
                          }
                        }
                        *run.Output<bool>(kIsValid) = valid;
                        return {};
                      });
}

Status InferSignalStacker(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, 1));
  TFLD_ASSIGN_OR_RETURN(const Stacker stacker, Stacker::Read(context));
  if (context.Input(0).shape.dim(0) != stacker.channels) {
    return context.Error(StrCat("num_channels ", stacker.channels, " of ", context.Input(0).shape.dim(0), " channels"));
  }
  TFLD_RETURN_IF_ERROR(context.SetOutputShape(0, {stacker.size()}));
  return context.SetOutputShape(kIsValid, {});
}

Status PrepareSignalStacker(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireInt16(context));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(kIsValid, {ElementType::kBool}));
  TFLD_ASSIGN_OR_RETURN(const Stacker stacker, Stacker::Read(context));
  const auto size = static_cast<std::size_t>(stacker.size());
  const auto channels = static_cast<std::size_t>(stacker.channels);
  return EmitStateful(context, "reference.signal_stacker", Stack{SampleQueue(size)},
                      [=](const RunContext& run, Stack& stack) -> Status {
                        const auto* frame = run.Input<std::int16_t>(0);
                        // The first frame stands for those that would be on its left.
                        const std::int32_t copies = stack.has_first_frame ? 1 : stacker.left + 1;
                        for (std::int32_t i = 0; i < copies; ++i) stack.queue.Append(frame, channels);
                        stack.has_first_frame = true;
                        const bool valid = stack.queue.size() >= size;
                        if (valid) {
                          stack.queue.Copy(size, run.Output<std::int16_t>(0));
                          stack.queue.Drop(channels * static_cast<std::size_t>(stacker.step));
                        } else {
                          std::fill_n(run.Output<std::int16_t>(0), size, std::int16_t{0});
                        }
                        *run.Output<bool>(kIsValid) = valid;
                        return {};
                      });
}

Status InferSignalDelay(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 1, kMaxRank));
  return context.SetOutputShape(0, context.Input(0).shape);
}

Status PrepareSignalDelay(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(RequireInt16(context));
  TFLD_ASSIGN_OR_RETURN(const FlexOptions options, FlexOptions::Read(context));
  TFLD_ASSIGN_OR_RETURN(const int delay, options.IntBetween("delay_length", 0, kMaxSize));
  const Shape& shape = context.Input(0).shape;
  const std::int64_t lines = shape.Product(0, shape.rank() - 1);
  const auto frame = static_cast<std::size_t>(LastDim(shape));
  TFLD_RETURN_IF_ERROR(CheckStateSize(context, lines, std::int64_t{delay} + LastDim(shape)));
  Queues queues(static_cast<std::size_t>(lines),
                SampleQueue(frame + static_cast<std::size_t>(delay), static_cast<std::size_t>(delay)));
  return EmitStateful(context, "reference.signal_delay", std::move(queues),
                      [frame](const RunContext& run, Queues& waiting) -> Status {
                        const auto* input = run.Input<std::int16_t>(0);
                        auto* output = run.Output<std::int16_t>(0);
                        for (SampleQueue& queue : waiting) {
                          queue.Append(input, frame);
                          queue.Copy(frame, output);
                          queue.Drop(frame);
                          input += frame;
                          output += frame;
                        }
                        return {};
                      });
}

Status InferSignalOverlapAdd(InferContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const int step, ReadOverlapStep(context));
  const Shape& input = context.Input(0).shape;
  const std::int64_t samples = std::int64_t{input.dim(input.rank() - 2)} * step;
  if (samples > kMaxElements || samples > std::numeric_limits<std::int32_t>::max()) {
    return context.Error(StrCat("an output of ", samples, " samples"));
  }
  Shape shape(input.dims().first(static_cast<std::size_t>(input.rank() - 1)));
  shape.set_dim(shape.rank() - 1, static_cast<std::int32_t>(samples));
  return context.SetOutputShape(0, shape);
}

Status PrepareSignalOverlapAdd(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireSameType(0, 0));
  TFLD_ASSIGN_OR_RETURN(const int step, ReadOverlapStep(context));
  const Shape& shape = context.Input(0).shape;
  const auto frames = static_cast<std::size_t>(shape.dim(shape.rank() - 2));
  const auto size = static_cast<std::size_t>(LastDim(shape));
  const std::int64_t lines = shape.Product(0, shape.rank() - 2);
  TFLD_RETURN_IF_ERROR(CheckStateSize(context, lines, LastDim(shape)));
  if (size == 0) return context.Error("frames without samples");
  return DispatchType<float, std::int16_t>(context, context.Input(0).type, [&]<typename T>(TypeTag<T>) -> Status {
    using Waiting = std::vector<T>;
    return EmitStateful(context, "reference.signal_overlap_add", Waiting(static_cast<std::size_t>(lines) * size),
                        [=](const RunContext& run, Waiting& waiting) -> Status {
                          const T* input = run.Input<T>(0);
                          T* output = run.Output<T>(0);
                          for (std::size_t line = 0; line < waiting.size(); line += size) {
                            for (std::size_t i = 0; i < frames; ++i, input += size, output += step) {
                              OverlapAdd(input, size, static_cast<std::size_t>(step), waiting.data() + line, output);
                            }
                          }
                          return {};
                        });
  });
}

}  // namespace tfld::engine::reference
