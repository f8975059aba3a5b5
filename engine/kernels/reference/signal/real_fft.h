// The Fourier transform of `length` real numbers, an even number of them: a complex transform of half the length, whose
// result is taken apart. The spectrum has length / 2 + 1 bins.
#pragma once

#include <numbers>
#include <vector>

#include "engine/kernels/reference/signal/fft.h"

namespace tfld::engine::reference {

template <typename T>
class RealFft {
 public:
  using Number = FftNumerics<T>;

  RealFft(int length, bool inverse) : fft_(length / 2, inverse) {
    for (int i = 0; i < length / 4; ++i) {
      const double phase = -std::numbers::pi * (static_cast<double>(i + 1) / (length / 2) + .5);
      twiddles_.push_back(UnitAt<T>(inverse ? -phase : phase));
    }
  }

  // Elements of scratch that Forward and Inverse need.
  std::size_t scratch_size() const { return static_cast<std::size_t>(fft_.size() + fft_.greatest_radix()); }
  int greatest_radix() const { return fft_.greatest_radix(); }

  // `signal` has as many numbers as the transform is long: pairs, taken as complex numbers.
  void Forward(const Bin<T>* signal, Bin<T>* spectrum, Bin<T>* scratch) const {
    const int half = fft_.size();
    fft_.Transform(signal, scratch, scratch + half);
    const Bin<T> ends = Divided(scratch[0], 2);
    spectrum[0] = {Number::Add(ends.r, ends.i), T{0}};
    spectrum[half] = {Number::Sub(ends.r, ends.i), T{0}};
    for (int k = 1; k <= half / 2; ++k) {
      const Bin<T> low = Divided(scratch[k], 2);
      const Bin<T> high = Divided(Conjugate(scratch[half - k]), 2);
      const Bin<T> sum = low + high;
      const Bin<T> turned = (low - high) * twiddles_[static_cast<std::size_t>(k - 1)];
      const Bin<T> mirrored{HalfOfDifference(sum.r, turned.r), HalfOfDifference(turned.i, sum.i)};
      spectrum[k] = {Number::HalfOfSum(sum.r, turned.r), Number::HalfOfSum(sum.i, turned.i)};
      spectrum[half - k] = mirrored;
    }
  }

  void Inverse(const Bin<T>* spectrum, Bin<T>* signal, Bin<T>* scratch) const {
    const int half = fft_.size();
    scratch[0] = Divided(Bin<T>{Number::Add(spectrum[0].r, spectrum[half].r),  //
                                Number::Sub(spectrum[0].r, spectrum[half].r)},
                         2);
    for (int k = 1; k <= half / 2; ++k) {
      const Bin<T> low = Divided(spectrum[k], 2);
      const Bin<T> high = Divided(Conjugate(spectrum[half - k]), 2);
      const Bin<T> even = low + high;
      const Bin<T> odd = (low - high) * twiddles_[static_cast<std::size_t>(k - 1)];
      scratch[k] = even + odd;
      scratch[half - k] = Conjugate(even - odd);
    }
    fft_.Transform(scratch, signal, scratch + half);
  }

 private:
  static T HalfOfDifference(T a, T b) {
    if constexpr (sizeof(T) == 2) {
      return static_cast<T>((a - b) >> 1);
    } else if constexpr (std::is_floating_point_v<T>) {
      return (a - b) * T{.5};
    } else {
      return static_cast<T>(Number::Sub(a, b) >> 1);
    }
  }

  Fft<T> fft_;
  std::vector<Bin<T>> twiddles_;
};

}  // namespace tfld::engine::reference
