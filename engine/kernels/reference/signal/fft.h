// The discrete Fourier transform of complex numbers, decimated in time, with radices 4, 2, 3, 5 and others in this
// order; rounds where kissfft does, so that fixed-point results are the same.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "engine/kernels/reference/signal/fft_numerics.h"

namespace tfld::engine::reference {

// Immutable after construction; Transform may run in many threads at once.
template <typename T>
class Fft {
 public:
  using Number = FftNumerics<T>;

  // `size` is at least 1; an inverse transform turns the other way, and is not divided by its size in float.
  Fft(int size, bool inverse) : size_(size), inverse_(inverse) {
    for (int i = 0; i < size; ++i) {
      const double phase = -2 * std::numbers::pi * i / size;
      twiddles_.push_back(UnitAt<T>(inverse ? -phase : phase));
    }
    Factor();
  }

  int size() const { return size_; }
  bool inverse() const { return inverse_; }
  int greatest_radix() const { return greatest_radix_; }

  // `scratch` has greatest_radix() elements; input and output do not overlap.
  void Transform(const Bin<T>* input, Bin<T>* output, Bin<T>* scratch) const { Work(input, output, scratch, 1, 0); }

 private:
  struct Stage {
    int radix, rest;  // the transform is made of `radix` transforms of size `rest`
  };

  void Factor() {
    const int root = static_cast<int>(std::floor(std::sqrt(static_cast<double>(size_))));
    int radix = 4, rest = size_;
    do {
      while (rest % radix != 0) {
        radix = radix == 4 ? 2 : radix == 2 ? 3 : radix + 2;
        if (radix > root) radix = rest;
      }
      rest /= radix;
      stages_.push_back({radix, rest});
      greatest_radix_ = radix > greatest_radix_ ? radix : greatest_radix_;
    } while (rest > 1);
  }

  void Work(const Bin<T>* input, Bin<T>* output, Bin<T>* scratch, std::size_t stride, std::size_t stage) const {
    const auto [radix, rest] = stages_[stage];
    for (int part = 0; part < radix; ++part) {
      const Bin<T>* from = input + static_cast<std::size_t>(part) * stride;
      Bin<T>* to = output + static_cast<std::size_t>(part) * static_cast<std::size_t>(rest);
      if (rest == 1) {
        *to = *from;
      } else {
        Work(from, to, scratch, stride * static_cast<std::size_t>(radix), stage + 1);
      }
    }
    for (int k = 0; k < rest; ++k) {
      const auto at = static_cast<std::size_t>(k) * stride;
      const auto whole = static_cast<std::size_t>(rest) * stride;  // the twiddle of one part
      switch (radix) {
        case 2: Butterfly2(output + k, rest, at); break;
        case 3: Butterfly3(output + k, rest, at, whole); break;
        case 4: Butterfly4(output + k, rest, at); break;
        case 5: Butterfly5(output + k, rest, at, whole); break;
        default: break;
      }
    }
    if (radix > 5 || radix == 1) Combine(output, scratch, radix, rest, stride);
  }

  // One output of each part: x[0], x[m], x[2m] ... The twiddle of the first is that at `at`, of the second twice that.

  void Butterfly2(Bin<T>* x, int m, std::size_t at) const {
    const Bin<T> first = Divided(x[0], 2);
    const Bin<T> second = Divided(x[m], 2) * twiddles_[at];
    x[m] = first - second;
    x[0] = first + second;
  }

  void Butterfly3(Bin<T>* x, int m, std::size_t at, std::size_t whole) const {
    const Bin<T> first = Divided(x[0], 3);
    const Bin<T> a = Divided(x[m], 3) * twiddles_[at];
    const Bin<T> b = Divided(x[2 * m], 3) * twiddles_[2 * at];
    const Bin<T> sum = a + b;
    const Bin<T> turned = Turned(Scaled(a - b, twiddles_[whole].i));
    const Bin<T> middle = first - Bin<T>{Number::HalfOfSum(sum.r, T{0}), Number::HalfOfSum(sum.i, T{0})};
    x[0] = first + sum;
    x[2 * m] = middle - turned;
    x[m] = middle + turned;
  }

  void Butterfly4(Bin<T>* x, int m, std::size_t at) const {
    const Bin<T> first = Divided(x[0], 4);
    const Bin<T> a = Divided(x[m], 4) * twiddles_[at];
    const Bin<T> b = Divided(x[2 * m], 4) * twiddles_[2 * at];
    const Bin<T> c = Divided(x[3 * m], 4) * twiddles_[3 * at];
    const Bin<T> even = first + b, odd = a + c;
    const Bin<T> difference = first - b, turned = Turned(a - c);
    x[0] = even + odd;
    x[2 * m] = even - odd;
    x[m] = inverse_ ? difference + turned : difference - turned;
    x[3 * m] = inverse_ ? difference - turned : difference + turned;
  }

  void Butterfly5(Bin<T>* x, int m, std::size_t at, std::size_t whole) const {
    const Bin<T> near = twiddles_[whole], far = twiddles_[2 * whole];
    const Bin<T> first = Divided(x[0], 5);
    const Bin<T> a = Divided(x[m], 5) * twiddles_[at];
    const Bin<T> b = Divided(x[2 * m], 5) * twiddles_[2 * at];
    const Bin<T> c = Divided(x[3 * m], 5) * twiddles_[3 * at];
    const Bin<T> d = Divided(x[4 * m], 5) * twiddles_[4 * at];
    const Bin<T> outer = a + d, inner = b + c;
    const Bin<T> outer_difference = a - d, inner_difference = b - c;
    x[0] = first + (outer + inner);
    const Bin<T> level1 = first + Scaled(outer, near.r) + Scaled(inner, far.r);
    const Bin<T> turn1 = Turned(Scaled(outer_difference, near.i) + Scaled(inner_difference, far.i));
    x[m] = level1 + turn1;
    x[4 * m] = level1 - turn1;
    const Bin<T> level2 = first + Scaled(outer, far.r) + Scaled(inner, near.r);
    const Bin<T> turn2 = Turned(Scaled(inner_difference, near.i) - Scaled(outer_difference, far.i));
    x[2 * m] = level2 - turn2;
    x[3 * m] = level2 + turn2;
  }

  void Combine(Bin<T>* output, Bin<T>* scratch, int radix, int rest, std::size_t stride) const {
    for (int u = 0; u < rest; ++u) {
      for (int part = 0; part < radix; ++part) scratch[part] = Divided(output[u + part * rest], radix);
      for (int k = u; k < radix * rest; k += rest) {
        Bin<T> sum = scratch[0];
        std::size_t at = 0;
        for (int part = 1; part < radix; ++part) {
          at += stride * static_cast<std::size_t>(k);
          if (at >= twiddles_.size()) at -= twiddles_.size();
          sum = sum + scratch[part] * twiddles_[at];
        }
        output[k] = sum;
      }
    }
  }

  int size_;
  bool inverse_;
  int greatest_radix_ = 1;
  std::vector<Stage> stages_;
  std::vector<Bin<T>> twiddles_;
};

}  // namespace tfld::engine::reference
