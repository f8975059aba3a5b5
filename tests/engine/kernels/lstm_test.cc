// LSTM and its sequences against the formula in double, with random weights: every option, every kind of cell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Reals = std::vector<double>;

constexpr int kInputs = 3, kCells = 4, kBatches = 2, kSteps = 3;

struct Options {
  bool cifg = false, peephole = false, projection = false, norm = false, diagonal = false, aux = false;
  double cell_clip = 0, proj_clip = 0;
  bool time_major = false;

  int outputs() const { return projection ? 2 : kCells; }
};

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }
double Clip(double x, double limit) { return limit > 0 ? std::clamp(x, -limit, limit) : x; }

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

std::size_t Row(const Options& options, int step, int batch) {
  return static_cast<std::size_t>(options.time_major ? step * kBatches + batch : batch * kSteps + step);
}

// All outputs, in the layout of the options.
Reals Expected(const Cell& cell, const Reals& x, const Reals& aux = {}, bool backward = false) {
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

TestNode FloatSequence(const Cell& cell, const Reals& x) {
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

std::vector<Options> AllOptions() {
  return {{},
          {.cifg = true, .time_major = true},
          {.peephole = true, .cell_clip = 0.25},
          {.cifg = true, .peephole = true},
          {.projection = true, .proj_clip = 0.5},
          {.norm = true, .time_major = true},
          {.cifg = true, .peephole = true, .projection = true, .norm = true, .cell_clip = 0.5, .proj_clip = 1}};
}

TEST(SequenceLstm, FloatHasEveryOption) {
  std::vector<Options> all = AllOptions();
  all.push_back({.diagonal = true});
  for (const Options& options : all) {
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    TestNode node = FloatSequence(cell, x);
    const Status status = node.Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ExpectNear<float>(node, Expected(cell, x), 1e-5);
  }
}

TEST(SequenceLstm, SmallWeightsAreNearFloat) {
  const Kind kind{.weight_scale = 1.0 / 64};
  for (const Options& options : AllOptions()) {
    for (const bool asymmetric : {false, true}) {
      Cell cell(options);
      const Reals x = cell.Make(kSteps * kBatches * kInputs);
      TestNode node = Sequence<float, std::int8_t, float, std::int8_t, float>(cell, x, kind, asymmetric);
      const Status status = node.Run();
      ASSERT_TRUE(status.ok()) << status.ToString();
      ExpectNear<float>(node, Expected(cell, x), options.norm ? 0.1 : 0.02);
    }
  }
}

void AddIntermediates(TestNode& node, double sum_scale, double hidden_scale, std::int32_t hidden_zero_point) {
  Graph& graph = node.graph();
  for (int i = 0; i < 5; ++i) {
    Value value;
    value.type = ElementType::kInt16;
    value.quantization =
        std::make_shared<const Quantization>(i < 4 ? Quantized(static_cast<float>(sum_scale), 0)
                                                   : Quantized(static_cast<float>(hidden_scale), hidden_zero_point));
    graph.values.push_back(value);
    graph.nodes[0].intermediates.push_back(static_cast<ValueId>(graph.values.size()) - 1);
  }
}

TestNode IntegerSequence(const Cell& cell, const Reals& x, const Kind& kind) {
  TestNode node = Sequence<std::int8_t, std::int8_t, std::int32_t, std::int16_t, std::int16_t>(cell, x, kind);
  AddIntermediates(node, 1.0 / 4096, 1.0 / 128, cell.options.projection ? 0 : kind.zero_point);
  return node;
}

TEST(SequenceLstm, IntegersAreNearFloat) {
  for (const Options& options : AllOptions()) {
    if (options.peephole && options.projection) continue;  // see below
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    const Kind kind{.input_scale = 1.0 / 64,
                    .weight_scale = 1.0 / 64,
                    .output_scale = options.projection ? 1.0 / 64 : 1.0 / 128,
                    .norm_scale = 0x1p-14,
                    .zero_point = options.projection ? 0 : 1};
    TestNode node = IntegerSequence(cell, x, kind);
    const Status status = node.Run();
    ASSERT_TRUE(status.ok()) << status.ToString();
    ExpectNear<std::int8_t>(node, Expected(cell, x), options.norm ? 0.1 : 0.05, kind);
  }
}

// TensorFlow Lite's integer kernel lays peephole weights as if there were as few cells as outputs: here the first half
// of the cells has them.
TEST(SequenceLstm, IntegerPeepholesEndAtTheOutputs) {
  Cell cell({.peephole = true, .projection = true});
  cell.projection_bias.assign(2, 0);
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  const Kind kind{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 64};
  TestNode node = IntegerSequence(cell, x, kind);
  ASSERT_TRUE(node.Run().ok());
  for (Reals& peephole : cell.peephole) peephole[2] = peephole[3] = 0;
  ExpectNear<std::int8_t>(node, Expected(cell, x), 0.05, kind);
}

TEST(SequenceLstm, MicroIsNearFloat) {
  for (const Options& options : {Options{}, Options{.cell_clip = 0.25, .time_major = true}}) {
    Cell cell(options);
    const Reals x = cell.Make(kSteps * kBatches * kInputs);
    const Kind wide{.input_scale = 0x1p-15, .weight_scale = 1.0 / 64, .output_scale = 0x1p-15};
    Reals halves = x;  // 1 does not fit
    for (double& half : halves) half /= 2;
    TestNode node16 = Sequence<std::int16_t, std::int8_t, std::int64_t, std::int16_t, std::int16_t>(cell, halves, wide);
    const Status status16 = node16.Run();
    ASSERT_TRUE(status16.ok()) << status16.ToString();
    ExpectNear<std::int16_t>(node16, Expected(cell, halves), 0.005, wide);

    const Kind narrow{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 128, .zero_point = -3};
    TestNode node8 = Sequence<std::int8_t, std::int8_t, std::int32_t, std::int16_t, std::int16_t>(cell, x, narrow);
    const Status status8 = node8.Run();
    ASSERT_TRUE(status8.ok()) << status8.ToString();
    ExpectNear<std::int8_t>(node8, Expected(cell, x), 0.05, narrow);
  }
}

TEST(SequenceLstm, StateGoesOnInTheNextRun) {
  Cell cell({});
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  TestNode node = FloatSequence(cell, x);
  ASSERT_TRUE(node.Run().ok());
  const std::vector<float> first = node.Result<float>();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_NE(node.Result<float>(), first);
}

TEST(SequenceLstm, RefusesWhatDoesNotFit) {
  const auto message = [](const Options& options, auto change) {
    Cell cell(options);
    TestNode node = FloatSequence(cell, cell.Make(kSteps * kBatches * kInputs));
    change(node.graph(), node.graph().nodes[0].inputs);
    return node.Run().ToString();
  };
  using Inputs = std::vector<ValueId>;
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs.resize(21); }), HasSubstr("has 21 inputs; expected 20"));
  EXPECT_THAT(message({}, [](Graph& graph, Inputs& inputs) { graph.value(inputs[18]).is_variable = false; }),
              HasSubstr("input 18 is state and must be a variable tensor"));
  EXPECT_THAT(message({},
                      [](Graph& graph, Inputs& inputs) {
                        graph.value(inputs[19]).shape = {1, 1};
                      }),
              HasSubstr("expected 8 elements"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[1] = kNoValue; }),
              HasSubstr("the input gate has no weights, but recurrent weights or a bias"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[13] = kNoValue; }),
              HasSubstr("the forget gate lacks its weights"));
  EXPECT_THAT(message({.peephole = true}, [](Graph&, Inputs& inputs) { inputs[10] = kNoValue; }),
              HasSubstr("the forget gate differs in its peephole weights"));
  EXPECT_THAT(message({.norm = true}, [](Graph&, Inputs& inputs) { inputs[22] = kNoValue; }),
              HasSubstr("the cell gate differs in its normalization"));
  EXPECT_THAT(message({.projection = true}, [](Graph&, Inputs& inputs) { inputs[16] = kNoValue; }),
              HasSubstr("there is a projection bias but no projection"));
  EXPECT_THAT(message({.projection = true}, [](Graph&, Inputs& inputs) { inputs[16] = inputs[17] = kNoValue; }),
              HasSubstr("4 cells for 2 outputs need a projection"));
  EXPECT_THAT(message({}, [](Graph& graph, Inputs& inputs) { graph.value(inputs[6]).shape = {16}; }),
              HasSubstr("has shape [16]; expected [4]"));
  EXPECT_THAT(message({}, [](Graph&, Inputs& inputs) { inputs[4] = kNoValue; }),
              HasSubstr("the output gate has no weights"));
}

TEST(SequenceLstm, IntegersNeedTheirIntermediates) {
  const Kind kind{.input_scale = 1.0 / 64, .weight_scale = 1.0 / 64, .output_scale = 1.0 / 128};
  Cell cell({.cifg = true});
  const Reals x = cell.Make(kSteps * kBatches * kInputs);
  TestNode some = IntegerSequence(cell, x, kind);
  some.graph().nodes[0].intermediates.pop_back();
  EXPECT_THAT(some.Run().ToString(), HasSubstr("has 4 intermediate tensors; an integer LSTM needs 5"));
  TestNode absent = IntegerSequence(cell, x, kind);
  absent.graph().nodes[0].intermediates[4] = kNoValue;
  EXPECT_THAT(absent.Run().ToString(), HasSubstr("intermediate tensor 4 is missing"));
  TestNode none = IntegerSequence(cell, x, kind);
  none.graph().nodes[0].intermediates.clear();
  EXPECT_EQ(none.Run().code(), StatusCode::kUnimplemented);
  TestNode scale = IntegerSequence(cell, x, kind);
  scale.graph().value(scale.graph().nodes[0].inputs[19]).quantization =
      std::make_shared<const Quantization>(Quantized(0.001F, 0));
  EXPECT_THAT(scale.Run().ToString(), HasSubstr("is no power of two"));
}

// A cell of two batches, one input, two cells and three outputs, and what TensorFlow Lite's reference kernel gives in
// three runs.
TEST(Lstm, TwelveIntermediatesMakeEverythingInt8) {
  using I8 = std::int8_t;
  using I16 = std::int16_t;
  TestNode node(OpCode::kLstm, LstmAttributes{.activation = Activation::kTanh}, 4);
  node.Input<I8>({2, 1}, {124, -2}, Quantized(0.006711972877383232F, 25));
  const auto weights = [&](const Shape& shape, const std::vector<I8>& values, float scale) {
    node.Constant<I8>(shape, values, Quantized(scale, 0));
  };
  weights({2, 1}, {-12, 52}, 0.002369059482589364F);
  weights({2, 1}, {-48, 77}, 0.0036001948174089193F);
  weights({2, 1}, {32, 36}, 0.007708336226642132F);
  weights({2, 1}, {-9, -4}, 0.005093993619084358F);
  weights({2, 3}, {96, 126, 98, 26, -56, -45}, 0.0021904308814555407F);
  weights({2, 3}, {-59, 111, -35, 74, -81, 112}, 0.002368626883253455F);
  weights({2, 3}, {33, -69, -61, -58, 123, -98}, 0.004839424975216389F);
  weights({2, 3}, {-78, 2, -65, -78, 17, 27}, 0.005481803324073553F);
  node.NoInput().NoInput().NoInput();
  const std::vector<std::vector<std::int32_t>> biases = {{5032, 2463}, {1031, -5613}, {-4436, 739}, {-1536, 609}};
  for (const std::vector<std::int32_t>& bias : biases) {
    node.Constant<std::int32_t>({2}, bias);
  }
  weights({3, 2}, {73, 8, -118, -6, 55, -115}, 0.008620982989668846F);
  node.Constant<std::int32_t>({3}, {2651, 2642, 2709});
  const Quantization output = Quantized(0.015440326184034348F, -24);
  node.Input<I8>({2, 3}, std::vector<I8>(6, -24), output);
  node.graph().values.back().is_variable = true;
  node.Input<I16>({2, 2}, std::vector<I16>(4, 0), Quantized(0x1p-15F, 0));
  node.graph().values.back().is_variable = true;
  node.Constant<I16>({2}, {16965, 20963}, Quantized(8.566985343350098e-05F, 0));
  node.Constant<I16>({2}, {29778, 29692}, Quantized(2.078330726362765e-05F, 0));
  node.Constant<I16>({2}, {27881, 25410}, Quantized(2.1726693375967443e-05F, 0));
  node.Constant<I16>({2}, {26919, 16758}, Quantized(2.9199294658610597e-05F, 0));
  node.Output(ElementType::kInt8, output);
  const std::pair<float, int> intermediates[] = {
      {0.012830313295125961F, 4}, {0.031045207753777504F, 15}, {0.01707117073237896F, 6},   {0.014637649059295654F, 9},
      {0.050863344222307205F, 7}, {0.04147007688879967F, -5},  {0.043382078409194946F, 11}, {0.044703491032123566F, 4},
      {0.01283974852412939F, 16}, {0.04501365125179291F, -5},  {0.02481597103178501F, 9},   {0.03395558148622513F, 3}};
  for (const auto& [scale, zero_point] : intermediates) {
    Value value;
    value.type = ElementType::kInt8;
    value.quantization = std::make_shared<const Quantization>(Quantized(scale, zero_point));
    node.graph().values.push_back(std::move(value));
    node.graph().nodes[0].intermediates.push_back(static_cast<ValueId>(node.graph().values.size()) - 1);
  }
  const Status status = node.Run();
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -24, -24, -24));
  ASSERT_TRUE(node.SetInput<I8>(0, {16, 87}).Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -28, -17, -34));
  ASSERT_TRUE(node.SetInput<I8>(0, {26, -88}).Run().ok());
  EXPECT_THAT(node.Result<I8>(), ElementsAre(-24, -24, -24, -31, -12, -42));

  node.graph().nodes[0].inputs[17] = kNoValue;
  EXPECT_THAT(node.Run().ToString(), HasSubstr("needs a normalization and a projection with its bias"));
}

TEST(Lstm, IsOneStep) {
  Cell cell({.time_major = true});
  const Reals x = cell.Make(kBatches * kInputs);
  TestNode node(OpCode::kLstm, LstmAttributes{.activation = Activation::kTanh});
  node.Input<float>({kBatches, kInputs}, Stored<float>(x, 1));
  AddWeights<float, float, float>(node, cell, {});
  AddState<float, float>(node, cell.options, {});
  node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({kBatches, kCells}));
  Reals expected;
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    Reals h(kCells), c(kCells);
    cell.Step(&x[batch * kInputs], nullptr, h, c);
    expected.insert(expected.end(), h.begin(), h.end());
  }
  ExpectNear<float>(node, expected, 1e-5);
}

// aux_input: there is one; aux_weights: the cells have weights for it.
TestNode Bidirectional(const Cell& forward, const Cell& backward, const Reals& x, const Reals* aux, bool merge) {
  TestNode node(OpCode::kBidirectionalSequenceLstm,
                LstmAttributes{.activation = Activation::kTanh, .time_major = true, .merge_outputs = merge});
  node.Input<float>({kSteps, kBatches, kInputs}, Stored<float>(x, 1));
  for (const Cell* cell : {&forward, &backward}) AddWeights<float, float, float>(node, *cell, {});
  for (const Cell* cell : {&forward, &backward}) AddState<float, float>(node, cell->options, {});
  aux != nullptr ? node.Input<float>({kSteps, kBatches, kInputs}, Stored<float>(*aux, 1)) : node.NoInput();
  for (const Cell* cell : {&forward, &backward}) {
    for (const Reals& weights : cell->aux) {
      cell->options.aux ? node.Constant<float>({kCells, kInputs}, Stored<float>(weights, 1)) : node.NoInput();
    }
  }
  node.Output(ElementType::kFloat32);
  if (!merge) node.Output(ElementType::kFloat32);
  return node;
}

TEST(BidirectionalSequenceLstm, AuxiliaryInputs) {
  for (const bool has_aux : {false, true}) {
    for (const bool has_weights : {false, true}) {
      if (has_weights && !has_aux) continue;
      const Options options{.aux = has_weights, .time_major = true};
      Cell forward(options), backward(options, 2);
      const Reals x = forward.Make(kSteps * kBatches * kInputs), aux = forward.Make(x.size());
      TestNode node = Bidirectional(forward, backward, x, has_aux ? &aux : nullptr, false);
      const Status status = node.Run();
      ASSERT_TRUE(status.ok()) << status.ToString();
      ExpectNear<float>(node, Expected(forward, x, aux), 1e-5);
      ExpectNear<float>(node, Expected(backward, has_aux && !has_weights ? aux : x, aux, true), 1e-5, {}, 1);
    }
  }
}

TEST(BidirectionalSequenceLstm, MergesOutputsOfDifferentWidths) {
  Cell forward({.time_major = true}), backward({.projection = true, .time_major = true}, 2);
  const Reals x = forward.Make(kSteps * kBatches * kInputs);
  TestNode node = Bidirectional(forward, backward, x, nullptr, true);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({kSteps, kBatches, 6}));
  const Reals first = Expected(forward, x), second = Expected(backward, x, {}, true);
  Reals expected;
  for (std::ptrdiff_t row = 0; row < kSteps * kBatches; ++row) {
    expected.insert(expected.end(), first.begin() + row * 4, first.begin() + row * 4 + 4);
    expected.insert(expected.end(), second.begin() + row * 2, second.begin() + row * 2 + 2);
  }
  ExpectNear<float>(node, expected, 1e-5);
}

TEST(BidirectionalSequenceLstm, RefusesCellsOfDifferentTypes) {
  const Options options{.time_major = true};
  Cell cell(options);
  TestNode node = Bidirectional(cell, cell, cell.Make(kSteps * kBatches * kInputs), nullptr, false);
  node.graph().value(node.graph().nodes[0].inputs[21]).type = ElementType::kInt8;
  EXPECT_EQ(node.Run().code(), StatusCode::kUnimplemented);
}

// One cell: gates input, modulation, forget, output.
TEST(BasicLstm, Float) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  node.Input<float>({1, 1}, {0.5F}).Input<float>({1, 1}, {0.25F});
  node.Constant<float>({4, 2}, {1, 2, 3, -4, 0.5F, 1, -1, 2}).Constant<float>({4}, {0.1F, 0.2F, 0.3F, 0.4F});
  node.Input<float>({1, 1}, {0.75F});
  for (const std::size_t i : {1, 4}) node.graph().values[i].is_variable = true;
  for (int i = 0; i < 4; ++i) node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  double h = 0.25, c = 0.75;
  const auto step = [&] {
    const double i = Logistic(0.5 + 2 * h + 0.1), g = std::tanh(1.5 - 4 * h + 0.2);
    const double f = Logistic(0.25 + h + 0.3), o = Logistic(-0.5 + 2 * h + 0.4);
    c = f * c + i * g;
    h = o * std::tanh(c);
  };
  step();
  ExpectNear<float>(node, {h}, 1e-6);
  ExpectNear<float>(node, {c}, 1e-6, {}, 1);
  EXPECT_EQ(node.ResultShape(2), Shape({1, 2}));
  EXPECT_EQ(node.ResultShape(3), Shape({1, 4}));
  ASSERT_TRUE(node.Run().ok());
  step();
  ExpectNear<float>(node, {h}, 1e-6);
}

TEST(BasicLstm, QuantizedIsNearFloat) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  const Quantization activations = Quantized(1.0F / 128, 128);
  node.Input<std::uint8_t>({1, 1}, {192}, activations).Input<std::uint8_t>({1, 1}, {160}, activations);
  node.Constant<std::uint8_t>({4, 2}, {116, 132, 148, 36, 108, 116, 84, 132}, Quantized(1.0F / 16, 100));
  node.Constant<std::int32_t>({4}, {205, 410, 614, 819}, Quantized(1.0F / 2048, 0));
  node.Input<std::int16_t>({1, 1}, {1536}, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-12F, 0));
  ASSERT_TRUE(node.Run().ok());
  const double i = Logistic(0.5 + 0.5 + 0.1), g = std::tanh(1.5 - 1 + 0.2);
  const double f = Logistic(0.25 + 0.25 + 0.3), o = Logistic(-0.5 + 0.5 + 0.4), c = f * 0.75 + i * g;
  EXPECT_NEAR((node.Result<std::uint8_t>()[0] - 128) / 128.0, o * std::tanh(c), 0.01);
  EXPECT_NEAR(node.Result<std::int16_t>(1)[0] / 2048.0, c, 0.002);

  node.graph().value(node.graph().nodes[0].outputs[1]).quantization =
      std::make_shared<const Quantization>(Quantized(0x1p-12F, 0));
  EXPECT_EQ(node.Run().code(), StatusCode::kUnimplemented);
}

// Multiples of 0.32 whose sixteenth bit decides; the numbers are TensorFlow Lite's.
TEST(BasicLstm, QuantizedSumsAreRoundedHalfUp) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  const Quantization activations = Quantized(1.0F / 128, 128);
  node.Input<std::uint8_t>({1, 1}, {192}, activations).Input<std::uint8_t>({1, 1}, {160}, activations);
  node.Constant<std::uint8_t>({4, 2}, std::vector<std::uint8_t>(8, 100), Quantized(0.01F, 100));
  node.Constant<std::int32_t>({4}, {-15604, 20645, -39221, -21966}, Quantized(0.01F / 128, 0));
  node.Input<std::int16_t>({1, 1}, {0}, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-11F, 0));
  node.Output(ElementType::kUInt8, activations).Output(ElementType::kInt16, Quantized(0x1p-12F, 0));
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<std::int16_t>(3), ElementsAre(-4993, 6607, -12550, -7029));
}

TEST(BasicLstm, HasFiveInputsAndFourOutputs) {
  TestNode node(OpCode::kLstm, LstmAttributes{.is_basic = true}, 2);
  node.Input<float>({1, 1}, {0}).Output(ElementType::kFloat32);
  EXPECT_THAT(node.Run().ToString(), HasSubstr("a basic LSTM has 5 inputs and 4 outputs, not 1 and 1"));
}

}  // namespace
}  // namespace tfld::engine
