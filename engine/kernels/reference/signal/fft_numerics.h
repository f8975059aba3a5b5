// Numbers that a Fourier transform computes with: float and double, and fixed point in 16 and 32 bits.
//
// In fixed point 1 is nearly the greatest integer, products are rounded to nearest, sums wrap, and each stage divides
// by its radix so that they do not: the result is the transform divided by its length.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace tfld::engine::reference {

template <typename T>
struct Bin {
  T r, i;
};

template <typename T>
struct FftNumerics;

template <std::integral T>
struct FftNumerics<T> {
  using Word = std::make_unsigned_t<T>;
  using Product = std::conditional_t<sizeof(T) == 2, std::int32_t, std::int64_t>;
  using WideWord = std::make_unsigned_t<Product>;
  static constexpr int kFractionBits = 8 * static_cast<int>(sizeof(T)) - 1;
  static constexpr T kOne = std::numeric_limits<T>::max();

  static T FromReal(double value) { return static_cast<T>(std::floor(.5 + kOne * value)); }
  static T Add(T a, T b) { return static_cast<T>(static_cast<Word>(static_cast<Word>(a) + static_cast<Word>(b))); }
  static T Sub(T a, T b) { return static_cast<T>(static_cast<Word>(static_cast<Word>(a) - static_cast<Word>(b))); }
  static T Mul(T a, T b) { return Round(Multiply(a, b)); }
  static T Divide(T a, int divisor) { return Mul(a, static_cast<T>(kOne / divisor)); }
  // Half of a sum, which does not wrap in 16 bits.
  static T HalfOfSum(T a, T b) {
    if constexpr (sizeof(T) == 2) {
      return static_cast<T>((a + b) >> 1);
    } else {
      return static_cast<T>(Add(a, b) >> 1);
    }
  }
  static Bin<T> Mul(Bin<T> a, Bin<T> b) {
    return {Round(Multiply(a.r, b.r) - Multiply(a.i, b.i)), Round(Multiply(a.r, b.i) + Multiply(a.i, b.r))};
  }

 private:
  static WideWord Multiply(T a, T b) { return static_cast<WideWord>(static_cast<Product>(a) * b); }
  static T Round(WideWord product) {
    constexpr WideWord kHalf = WideWord{1} << (kFractionBits - 1);
    return static_cast<T>(static_cast<Product>(product + kHalf) >> kFractionBits);
  }
};

template <std::floating_point T>
struct FftNumerics<T> {
  static T FromReal(double value) { return static_cast<T>(value); }
  static T Add(T a, T b) { return a + b; }
  static T Sub(T a, T b) { return a - b; }
  static T Mul(T a, T b) { return a * b; }
  static T Divide(T a, int) { return a; }
  static T HalfOfSum(T a, T b) { return (a + b) * T{.5}; }
  static Bin<T> Mul(Bin<T> a, Bin<T> b) { return {a.r * b.r - a.i * b.i, a.r * b.i + a.i * b.r}; }
};

template <typename T>
Bin<T> operator+(Bin<T> a, Bin<T> b) {
  return {FftNumerics<T>::Add(a.r, b.r), FftNumerics<T>::Add(a.i, b.i)};
}
template <typename T>
Bin<T> operator-(Bin<T> a, Bin<T> b) {
  return {FftNumerics<T>::Sub(a.r, b.r), FftNumerics<T>::Sub(a.i, b.i)};
}
template <typename T>
Bin<T> operator*(Bin<T> a, Bin<T> b) {
  return FftNumerics<T>::Mul(a, b);
}
template <typename T>
Bin<T> Scaled(Bin<T> a, T factor) {
  return {FftNumerics<T>::Mul(a.r, factor), FftNumerics<T>::Mul(a.i, factor)};
}
template <typename T>
Bin<T> Divided(Bin<T> a, int divisor) {
  return {FftNumerics<T>::Divide(a.r, divisor), FftNumerics<T>::Divide(a.i, divisor)};
}
// a times i, the imaginary unit: a quarter turn.
template <typename T>
Bin<T> Turned(Bin<T> a) {
  return {FftNumerics<T>::Sub(T{0}, a.i), a.r};
}
template <typename T>
Bin<T> Conjugate(Bin<T> a) {
  return {a.r, FftNumerics<T>::Sub(T{0}, a.i)};
}

template <typename T>
Bin<T> UnitAt(double phase) {
  return {FftNumerics<T>::FromReal(std::cos(phase)), FftNumerics<T>::FromReal(std::sin(phase))};
}

}  // namespace tfld::engine::reference
