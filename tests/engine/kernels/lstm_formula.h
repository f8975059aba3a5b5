// LSTM by its formula, in double: a cell with random weights, and the nodes that are to compute what it does.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine::lstm {

using Reals = std::vector<double>;

constexpr int kInputs = 3, kCells = 4, kBatches = 2, kSteps = 3;

struct Options {
  bool cifg = false, peephole = false, projection = false, norm = false, diagonal = false, aux = false;
  double cell_clip = 0, proj_clip = 0;
  bool time_major = false;

  int outputs() const { return projection ? 2 : kCells; }
};

inline double Logistic(double x) { return 1 / (1 + std::exp(-x)); }
inline double Clip(double x, double limit) { return limit > 0 ? std::clamp(x, -limit, limit) : x; }

// A cell with random weights of at most 1 in steps of 1/64, which all kinds of cells can represent.
struct Cell {
  explicit Cell(const Options& o, unsigned seed = 1) : options(o), random(seed) {
    const auto outputs = static_cast<std::size_t>(o.outputs());
    for (std::size_t gate = 0; gate < 4; ++gate) {
      input[gate] = Make(kCells * kInputs);
      aux[gate] = Make(kCells * kInputs);
      recurrent[gate] = Make(o.diagonal ? kCells : kCells * outputs);
      peephole[gate] = Make(kCells);
      norm[gate] = Make(kCells);
      bias[gate] = Make(kCells);
    }
    projection = Make(outputs * kCells);
    projection_bias = Make(outputs);
  }

  Reals Make(std::size_t count) {
    Reals values(count);
    for (double& value : values) value = std::uniform_int_distribution<>(-64, 64)(random) / 64.0;
    return values;
  }

  // x and a: [inputs]; h and c change.
  void Step(const double* x, const double* a, Reals& h, Reals& c) const {
    Reals gates[4];
    const auto compute = [&](std::size_t gate) {
      Reals& sums = gates[gate];
      for (std::size_t i = 0; i < kCells; ++i) {
        double sum = options.norm ? 0 : bias[gate][i];
        for (std::size_t k = 0; k < kInputs; ++k) sum += input[gate][i * kInputs + k] * x[k];
        for (std::size_t k = 0; k < kInputs && options.aux; ++k) sum += aux[gate][i * kInputs + k] * a[k];
        if (options.diagonal) sum += recurrent[gate][i] * h[i];
        for (std::size_t k = 0; k < h.size() && !options.diagonal; ++k) sum += recurrent[gate][i * h.size() + k] * h[k];
        if (options.peephole && gate != 2) sum += peephole[gate][i] * c[i];
        sums.push_back(sum);
      }
      if (options.norm) Normalize(gate, sums);
      for (double& sum : sums) sum = gate == 2 ? std::tanh(sum) : Logistic(sum);
    };
    for (const std::size_t gate : {0, 1, 2}) compute(gate);
    for (std::size_t i = 0; i < kCells; ++i) {
      const double in = options.cifg ? 1 - gates[1][i] : gates[0][i];
      c[i] = Clip(gates[1][i] * c[i] + in * gates[2][i], options.cell_clip);
    }
    compute(3);
    Reals hidden;
    for (std::size_t i = 0; i < kCells; ++i) hidden.push_back(gates[3][i] * std::tanh(c[i]));
    for (std::size_t k = 0; k < h.size(); ++k) {
      h[k] = options.projection ? projection_bias[k] : hidden[k];
      for (std::size_t i = 0; i < kCells && options.projection; ++i) h[k] += projection[k * kCells + i] * hidden[i];
      if (options.projection) h[k] = Clip(h[k], options.proj_clip);
    }
  }

  void Normalize(std::size_t gate, Reals& sums) const {
    double mean = 0, variance = 0;
    for (const double sum : sums) mean += sum / kCells;
    for (const double sum : sums) variance += (sum - mean) * (sum - mean) / kCells;
    for (std::size_t i = 0; i < kCells; ++i) {
      sums[i] = (sums[i] - mean) / std::sqrt(variance + 1e-8) * norm[gate][i] + bias[gate][i];
    }
  }

  Options options;
  std::mt19937 random;
  Reals input[4], aux[4], recurrent[4], peephole[4], norm[4], bias[4], projection, projection_bias;
};

inline std::size_t Row(const Options& options, int step, int batch) {
  return static_cast<std::size_t>(options.time_major ? step * kBatches + batch : batch * kSteps + step);
}

// All outputs, in the layout of the options.
inline Reals Expected(const Cell& cell, const Reals& x, const Reals& aux = {}, bool backward = false) {
  const auto outputs = static_cast<std::size_t>(cell.options.outputs());
  Reals result(kSteps * kBatches * outputs);
  for (int batch = 0; batch < kBatches; ++batch) {
    Reals h(outputs), c(kCells);
    for (int step = 0; step < kSteps; ++step) {
      const std::size_t row = Row(cell.options, backward ? kSteps - 1 - step : step, batch);
      cell.Step(&x[row * kInputs], aux.empty() ? nullptr : &aux[row * kInputs], h, c);
      std::copy(h.begin(), h.end(), result.begin() + static_cast<std::ptrdiff_t>(row * outputs));
    }
  }
  return result;
}

template <typename T>
std::vector<T> Stored(const Reals& values, double scale, std::int32_t zero_point = 0) {
  std::vector<T> result;
  for (const double value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      result.push_back(static_cast<T>(value));
    } else {
      result.push_back(static_cast<T>(std::llround(value / scale) + zero_point));
    }
  }
  return result;
}

// How a kind of cell stores its tensors.
struct Kind {
  double input_scale = 1, weight_scale = 1, output_scale = 1, sum_scale = 0x1p-12, norm_scale = 1;
  std::int32_t zero_point = 0;  // of inputs and outputs
};

template <typename T>
Quantization QuantizationOf(double scale, std::int32_t zero_point = 0) {
  return std::is_floating_point_v<T> ? Quantization{} : Quantized(static_cast<float>(scale), zero_point);
}

// Adds the 17 weights of a cell.
template <typename Weight, typename Bias, typename Peephole>
void AddWeights(TestNode& node, const Cell& cell, const Kind& kind) {
  const Options& o = cell.options;
  const auto add = [&]<typename T>(bool present, const Shape& shape, const Reals& values, double scale, T) {
    present ? node.Constant<T>(shape, Stored<T>(values, scale), QuantizationOf<T>(scale)) : node.NoInput();
  };
  const double peephole_scale = std::is_same_v<Peephole, std::int16_t> ? 0x1p-14 : kind.weight_scale;
  const double bias_scale = o.norm ? kind.norm_scale / 1024 : kind.input_scale * kind.weight_scale;
  for (std::size_t i = 0; i < 4; ++i) {
    add(i > 0 || !o.cifg, {kCells, kInputs}, cell.input[i], kind.weight_scale, Weight{});
  }
  for (std::size_t i = 0; i < 4; ++i) {
    if (o.diagonal) {
      add(i > 0 || !o.cifg, {kCells}, cell.recurrent[i], 1, float{});
    } else {
      add(i > 0 || !o.cifg, {kCells, o.outputs()}, cell.recurrent[i], kind.weight_scale, Weight{});
    }
  }
  for (const std::size_t i : {0, 1, 3}) {
    add(o.peephole && (i > 0 || !o.cifg), {kCells}, cell.peephole[i], peephole_scale, Peephole{});
  }
  for (std::size_t i = 0; i < 4; ++i) add(i > 0 || !o.cifg, {kCells}, cell.bias[i], bias_scale, Bias{});
  add(o.projection, {o.outputs(), kCells}, cell.projection, kind.weight_scale, Weight{});
  add(o.projection, {o.outputs()}, cell.projection_bias, kind.weight_scale / 128, Bias{});
}

template <typename T, typename CellState>
void AddState(TestNode& node, const Options& o, const Kind& kind, double cell_scale = 0x1p-11) {
  const auto outputs = static_cast<std::size_t>(kBatches * o.outputs());
  node.Input<T>({kBatches, o.outputs()}, Stored<T>(Reals(outputs), 1, kind.zero_point),
                QuantizationOf<T>(kind.output_scale, kind.zero_point));
  node.graph().values.back().is_variable = true;
  node.Input<CellState>({kBatches, kCells}, std::vector<CellState>(kBatches * kCells),
                        QuantizationOf<CellState>(cell_scale));
  node.graph().values.back().is_variable = true;
}

template <typename T, typename Weight, typename Bias, typename Peephole, typename CellState>
TestNode Sequence(const Cell& cell, const Reals& x, const Kind& kind, bool asymmetric = false) {
  const Options& o = cell.options;
  TestNode node(OpCode::kUnidirectionalSequenceLstm, LstmAttributes{.activation = Activation::kTanh,
                                                                    .cell_clip = static_cast<float>(o.cell_clip),
                                                                    .proj_clip = static_cast<float>(o.proj_clip),
                                                                    .time_major = o.time_major,
                                                                    .asymmetric_quantize_inputs = asymmetric});
  const Shape shape = o.time_major ? Shape{kSteps, kBatches, kInputs} : Shape{kBatches, kSteps, kInputs};
  node.Input<T>(shape, Stored<T>(x, kind.input_scale, kind.zero_point),
                QuantizationOf<T>(kind.input_scale, kind.zero_point));
  AddWeights<Weight, Bias, Peephole>(node, cell, kind);
  AddState<T, CellState>(node, o, kind);
  using Norm = std::conditional_t<std::is_floating_point_v<T>, float, std::int16_t>;
  for (std::size_t i = 0; i < 4; ++i) {
    if (o.norm && (i > 0 || !o.cifg)) {
      node.Constant<Norm>({kCells}, Stored<Norm>(cell.norm[i], kind.norm_scale), QuantizationOf<Norm>(kind.norm_scale));
    } else {
      node.NoInput();
    }
  }
  node.Output(kElementTypeOf<T>, QuantizationOf<T>(kind.output_scale, kind.zero_point));
  return node;
}

inline TestNode FloatSequence(const Cell& cell, const Reals& x) {
  return Sequence<float, float, float, float, float>(cell, x, {});
}

template <typename T>
void ExpectNear(const TestNode& node, const Reals& expected, double tolerance, const Kind& kind = {}, int index = 0) {
  const std::vector<T> stored = node.Result<T>(index);
  ASSERT_EQ(stored.size(), expected.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const double real = (static_cast<double>(stored[i]) - kind.zero_point) * kind.output_scale;
    EXPECT_NEAR(real, expected[i], tolerance) << "element " << i;
  }
}

inline std::vector<Options> AllOptions() {
  return {{},
          {.cifg = true, .time_major = true},
          {.peephole = true, .cell_clip = 0.25},
          {.cifg = true, .peephole = true},
          {.projection = true, .proj_clip = 0.5},
          {.norm = true, .time_major = true},
          {.cifg = true, .peephole = true, .projection = true, .norm = true, .cell_clip = 0.5, .proj_clip = 1}};
}

}  // namespace tfld::engine::lstm
