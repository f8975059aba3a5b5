// RFFT2D: the Fourier transform of real images along the last two axes, cropped or filled up with zeros to
// [height, width] = fft_length. Of each row the bins [0, width / 2] are kept; the others mirror them.
#include <algorithm>

#include "engine/base/str_cat.h"
#include "engine/kernels/reference/complex.h"
#include "engine/kernels/reference/signal/fft.h"

namespace tfld::engine::reference {
namespace {

constexpr int kFftLength = 1;
constexpr int kMaxLength = 1 << 20;
constexpr int kMaxRadix = 1024;  // the work grows with it

struct Lengths {
  int height, width;
};

Result<Lengths> ReadLengths(const OpContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(0, 2, kMaxRank));
  TFLD_ASSIGN_OR_RETURN(const auto lengths, context.ConstantInts(kFftLength));
  if (lengths.size() != 2) return context.Error(StrCat("fft_length has ", lengths.size(), " elements; expected 2"));
  for (const std::int32_t length : lengths) {
    if (length < 1 || length > kMaxLength) {
      return context.Error(StrCat("fft_length ", length, "; expected 1 to ", kMaxLength));
    }
  }
  return Lengths{lengths[0], lengths[1]};
}

// One image after the other, computed in double.
class ImageTransform {
 public:
  using Number = Bin<double>;

  ImageTransform(Lengths size, int input_height, int input_width)
      : columns_(size.height, false),
        rows_(size.width, false),
        input_height_(input_height),
        input_width_(input_width) {}

  int greatest_radix() const { return std::max(rows_.greatest_radix(), columns_.greatest_radix()); }
  int bins() const { return rows_.size() / 2 + 1; }
  std::size_t line_size() const { return static_cast<std::size_t>(std::max(rows_.size(), columns_.size())); }
  std::size_t image_size() const {
    return static_cast<std::size_t>(columns_.size()) * static_cast<std::size_t>(bins());
  }

  struct Scratch {
    Number *image, *line, *spectrum, *rest;  // image_size(), line_size() twice, greatest_radix()
  };

  void operator()(const float* input, Complex64* output, const Scratch& scratch) const {
    for (int y = 0; y < columns_.size(); ++y) TransformRow(input, y, scratch);
    for (int bin = 0; bin < bins(); ++bin) {
      for (int y = 0; y < columns_.size(); ++y) scratch.line[y] = scratch.image[At(y, bin)];
      columns_.Transform(scratch.line, scratch.spectrum, scratch.rest);
      for (int y = 0; y < columns_.size(); ++y) {
        output[At(y, bin)] = {static_cast<float>(scratch.spectrum[y].r), static_cast<float>(scratch.spectrum[y].i)};
      }
    }
  }

 private:
  std::int64_t At(int y, int bin) const { return std::int64_t{y} * bins() + bin; }

  void TransformRow(const float* input, int y, const Scratch& scratch) const {
    Number* const to = scratch.image + At(y, 0);
    if (y >= input_height_) {
      std::fill_n(to, bins(), Number{0, 0});
      return;
    }
    const float* row = input + std::int64_t{y} * input_width_;
    for (int x = 0; x < rows_.size(); ++x) scratch.line[x] = {x < input_width_ ? row[x] : 0.0, 0};
    rows_.Transform(scratch.line, scratch.spectrum, scratch.rest);
    std::copy_n(scratch.spectrum, bins(), to);
  }

  Fft<double> columns_, rows_;
  int input_height_, input_width_;
};

}  // namespace

Status InferRfft2d(InferContext& context) {
  TFLD_ASSIGN_OR_RETURN(const Lengths size, ReadLengths(context));
  Shape shape = context.Input(0).shape;
  shape.set_dim(shape.rank() - 2, size.height);
  shape.set_dim(shape.rank() - 1, size.width / 2 + 1);
  return context.SetOutputShape(0, shape);
}

Status PrepareRfft2d(PrepareContext& context) {
  TFLD_RETURN_IF_ERROR(context.RequireInputType(0, {ElementType::kFloat32}));
  TFLD_RETURN_IF_ERROR(context.RequireOutputType(0, {ElementType::kComplex64}));
  TFLD_ASSIGN_OR_RETURN(const Lengths size, ReadLengths(context));
  const Shape& shape = context.Input(0).shape;
  const int height = shape.dim(shape.rank() - 2), width = shape.dim(shape.rank() - 1);
  const auto transform = std::make_shared<const ImageTransform>(size, height, width);
  if (transform->greatest_radix() > kMaxRadix) {
    return context.Unsupported(
        StrCat("fft_length [", size.height, ", ", size.width, "] has a prime factor above ", kMaxRadix));
  }
  using Number = ImageTransform::Number;
  const std::int64_t images = shape.Product(0, shape.rank() - 2);
  const std::int64_t pixels = std::int64_t{height} * width;
  const int image = context.RequestScratch(transform->image_size() * sizeof(Number));
  const int line = context.RequestScratch(transform->line_size() * sizeof(Number));
  const int spectrum = context.RequestScratch(transform->line_size() * sizeof(Number));
  const int rest = context.RequestScratch(static_cast<std::size_t>(transform->greatest_radix()) * sizeof(Number));
  return context.Emit("reference.rfft2d", [=](const RunContext& run) -> Status {
    const ImageTransform::Scratch scratch{run.Scratch<Number>(image), run.Scratch<Number>(line),
                                          run.Scratch<Number>(spectrum), run.Scratch<Number>(rest)};
    for (std::int64_t i = 0; i < images; ++i) {
      (*transform)(run.Input<float>(0) + i * pixels,
                   run.Output<Complex64>(0) + i * static_cast<std::int64_t>(transform->image_size()), scratch);
    }
    return {};
  });
}

}  // namespace tfld::engine::reference
