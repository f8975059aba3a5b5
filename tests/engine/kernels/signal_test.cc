// The signal library: values from the definitions of its operators, and what they remember.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <random>

#include "tests/engine/kernels/custom_node.h"

namespace tfld::engine {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using I16 = std::int16_t;
using U32 = std::uint32_t;
using U64 = std::uint64_t;

TEST(SignalWindow, MultipliesShiftsAndSaturates) {
  CustomNode node("SignalWindow", {{"shift", 12}});
  node.Input<I16>({2, 3}, {4096, -4096, 100, 32767, -32768, 1})
      .Constant<I16>({3}, {4096, 2048, 4096})
      .Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(4096, -2048, 100, 32767, -16384, 1));
}

TEST(SignalWindow, SaturatesWhereTheProductDoesNotFit) {
  CustomNode node("SignalWindow", {{"shift", 0}});
  node.Input<I16>({2}, {300, -300}).Constant<I16>({2}, {300, 300}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(32767, -32768));
}

TEST(SignalWindow, RefusesWhatDoesNotFit) {
  CustomNode sizes("SignalWindow", {{"shift", 1}});
  sizes.Input<I16>({2}, {1, 2}).Constant<I16>({3}, {1, 2, 3}).Output(ElementType::kInt16);
  EXPECT_THAT(sizes.Run().message(), HasSubstr("a window of 3 on frames of 2"));
  CustomNode shift("SignalWindow", {{"shift", 99}});
  shift.Input<I16>({1}, {1}).Constant<I16>({1}, {1}).Output(ElementType::kInt16);
  EXPECT_THAT(shift.Run().message(), HasSubstr("option \"shift\" is 99; expected 0 to 31"));
  CustomNode missing("SignalWindow");
  missing.Input<I16>({1}, {1}).Constant<I16>({1}, {1}).Output(ElementType::kInt16);
  EXPECT_THAT(missing.Run().message(), HasSubstr("option \"shift\" is missing"));
}

std::pair<std::vector<I16>, std::int32_t> AutoScale(const std::vector<I16>& input) {
  CustomNode node("SignalFftAutoScale");
  node.Input<I16>({static_cast<std::int32_t>(input.size())}, input)
      .Output(ElementType::kInt16)
      .Output(ElementType::kInt32);
  EXPECT_TRUE(node.Run().ok());
  return {node.Result<I16>(0), node.Result<std::int32_t>(1)[0]};
}

TEST(SignalFftAutoScale, UsesAllBits) {
  EXPECT_EQ(AutoScale({1, -3, 2}), std::pair(std::vector<I16>({8192, -24576, 16384}), 13));
  EXPECT_EQ(AutoScale({0, 0}), std::pair(std::vector<I16>({0, 0}), 0));
  EXPECT_EQ(AutoScale({20000, 1}), std::pair(std::vector<I16>({20000, 1}), 0));
  EXPECT_EQ(AutoScale({-32768}), std::pair(std::vector<I16>({-32768}), 0));
}

TEST(SignalEnergy, SquaresTheBinsInside) {
  CustomNode node("SignalEnergy", {{"start_index", 1}, {"end_index", 3}});
  node.Input<I16>({8}, {1, 1, 3, -4, -32768, -32768, 5, 5}).Output(ElementType::kUInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(), ElementsAre(0, 25, 2147483648U, 0));
}

template <typename T>
std::vector<T> Transform(const char* name, int length, const std::vector<T>& input) {
  CustomNode node(name, {{"T", 0}, {"fft_length", length}});
  node.Input<T>({static_cast<std::int32_t>(input.size())}, input).Output(kElementTypeOf<T>);
  const Status status = node.Run();
  EXPECT_TRUE(status.ok()) << status.message();
  return node.Result<T>();
}

// By definition, times `scale`, as real and imaginary parts.
template <typename T>
std::vector<double> Dft(const std::vector<T>& input, int length, double scale) {
  std::vector<double> result;
  for (int k = 0; k <= length / 2; ++k) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < input.size(); ++i) {
      sum +=
          static_cast<double>(input[i]) * std::polar(1.0, -2 * std::numbers::pi * k * static_cast<double>(i) / length);
    }
    result.insert(result.end(), {sum.real() * scale, sum.imag() * scale});
  }
  return result;
}

template <typename T>
std::vector<T> Noise(int size, double amplitude) {
  std::mt19937 random(7);
  std::vector<T> samples;
  for (int i = 0; i < size; ++i) {
    samples.push_back(static_cast<T>(std::uniform_real_distribution<>(-amplitude, amplitude)(random)));
  }
  return samples;
}

class SignalFft : public ::testing::TestWithParam<int> {};

TEST_P(SignalFft, ForwardIsTheDefinition) {
  const int length = GetParam();
  const int size = std::max(1, length - 3);  // the rest is filled up with zeros
  const auto floats = Noise<float>(size, 1);
  EXPECT_THAT(Transform("SignalRfft", length, floats),
              ::testing::Pointwise(::testing::DoubleNear(1e-3), Dft(floats, length, 1)));
  const auto shorts = Noise<I16>(size, 30000);
  EXPECT_THAT(Transform("SignalRfft", length, shorts),
              ::testing::Pointwise(::testing::DoubleNear(12), Dft(shorts, length, 1.0 / length)));
  const auto ints = Noise<std::int32_t>(size, 2e9);
  EXPECT_THAT(Transform("SignalRfft", length, ints),
              ::testing::Pointwise(::testing::DoubleNear(40), Dft(ints, length, 1.0 / length)));
}

TEST_P(SignalFft, InverseOfForwardIsTheSignal) {
  const int length = GetParam();
  const auto floats = Noise<float>(length, 1);
  EXPECT_THAT(Transform("SignalIrfft", length, Transform("SignalRfft", length, floats)),
              ::testing::Pointwise(::testing::FloatNear(1e-5F), floats));
}

INSTANTIATE_TEST_SUITE_P(Lengths, SignalFft, ::testing::Values(2, 4, 6, 8, 10, 12, 14, 30, 62, 64, 120, 256, 512));

TEST(SignalFft, RefusesOddAndShortLengths) {
  CustomNode odd("SignalRfft", {{"fft_length", 7}});
  odd.Input<float>({1}, {1}).Output(ElementType::kFloat32);
  EXPECT_THAT(odd.Run().message(), HasSubstr("fft_length 7 is not even"));
  CustomNode small("SignalRfft", {{"fft_length", 2}});
  small.Input<float>({3}, {1, 2, 3}).Output(ElementType::kFloat32);
  EXPECT_THAT(small.Run().message(), HasSubstr("frames of 3 do not fit into fft_length 2"));
  CustomNode prime("SignalRfft", {{"fft_length", 2 * 1031}});
  prime.Input<float>({1}, {1}).Output(ElementType::kFloat32);
  EXPECT_THAT(prime.Run().message(), HasSubstr("prime factor"));
  CustomNode bins("SignalIrfft", {{"fft_length", 8}});
  bins.Input<float>({8}, std::vector<float>(8)).Output(ElementType::kFloat32);
  EXPECT_THAT(bins.Run().message(), HasSubstr("fft_length 8 needs 10"));
}

// Two channels; the first filter, which only gives its unweighted half, covers bin 1.
TestNode& FilterBank(CustomNode& node, const std::vector<I16>& widths) {
  return node.Input<U32>({5}, {100, 1, 2, 3, 4000000000U})
      .Constant<I16>({4}, {10, 20, 30, 40})
      .Constant<I16>({4}, {1, 2, 3, 4})
      .Constant<I16>({3}, {1, 2, 4})
      .Constant<I16>({3}, {0, 1, 3})
      .Constant<I16>({3}, widths)
      .Output(ElementType::kUInt64);
}

TEST(SignalFilterBank, EachBinCountsTwice) {
  CustomNode node("SignalFilterBank", {{"num_channels", 2}});
  ASSERT_TRUE(FilterBank(node, {1, 2, 1}).Run().ok());
  // The first filter's 1 * 1, then 20 * 2 + 30 * 3; the second filter's 2 * 2 + 3 * 3, then 40 * 4000000000.
  EXPECT_THAT(node.Result<U64>(), ElementsAre(131, 160000000013ULL));
}

TEST(SignalFilterBank, StaysInside) {
  CustomNode node("SignalFilterBank", {{"num_channels", 2}});
  const Status status = FilterBank(node, {1, 2, 2}).Run();
  EXPECT_EQ(status.code(), StatusCode::kOutOfRange);
  EXPECT_THAT(status.message(), HasSubstr("filter 2 reads 2 bins from 4 on"));
}

TEST(SignalFilterBankSquareRoot, RoundsThenShifts) {
  CustomNode node("SignalFilterBankSquareRoot");
  node.Input<U64>({6}, {0, 1, 16, 20, 4294967296ULL, std::numeric_limits<U64>::max()})
      .Input<std::int32_t>({}, {1})
      .Output(ElementType::kUInt32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(), ElementsAre(0, 0, 2, 2, 32768, 2147483647U));
  node.SetInput<std::int32_t>(1, {32});
  EXPECT_EQ(node.Run().code(), StatusCode::kOutOfRange);
}

CustomNode SpectralSubtraction() {
  CustomNode node("SignalFilterBankSpectralSubtraction", {{"num_channels", 2},
                                                          {"smoothing", 8192},
                                                          {"one_minus_smoothing", 8192},
                                                          {"alternate_smoothing", 16384},
                                                          {"alternate_one_minus_smoothing", 0},
                                                          {"smoothing_bits", 0},
                                                          {"min_signal_remaining", 4096},
                                                          {"clamping", true},
                                                          {"spectral_subtraction_bits", 14}});
  node.Input<U32>({2}, {1000, 1000}).Output(ElementType::kUInt32).Output(ElementType::kUInt32);
  return node;
}

TEST(SignalFilterBankSpectralSubtraction, RemembersTheNoiseUntilReset) {
  CustomNode node = SpectralSubtraction();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(1), ElementsAre(500, 1000));
  EXPECT_THAT(node.Result<U32>(0), ElementsAre(500, 250));  // not below a quarter
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(1), ElementsAre(750, 1000));
  EXPECT_THAT(node.Result<U32>(0), ElementsAre(250, 250));
  node.state()->Reset();
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(1), ElementsAre(500, 1000));
  node.SetInput<U32>(0, {100, 0});  // less than the noise, which is clamped
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<U32>(1), ElementsAre(100, 0));
  EXPECT_THAT(node.Result<U32>(0), ElementsAre(25, 0));
}

TEST(SignalPcan, GainAndShrink) {
  CustomNode node("SignalPCAN", {{"snr_shift", 0}});
  std::vector<I16> gains(40, 0);
  gains[0] = 1, gains[1] = 2, gains[2] = 4096;  // of noise 0, 1 and 2
  node.Input<U32>({3}, {4096, 4096, 4}).Input<U32>({3}, {0, 1, 2}).Constant<I16>({40}, gains);
  node.Output(ElementType::kUInt32);
  ASSERT_TRUE(node.Run().ok());
  // x * x / 4 of 1.0; x - 1 of 2.0 and of 4.0; with 6 fractional bits.
  EXPECT_THAT(node.Result<U32>(), ElementsAre(16, 64, 192));
}

TEST(SignalPcan, ParabolaForEachPowerOfTwo) {
  CustomNode node("SignalPCAN", {{"snr_shift", 0}});
  std::vector<I16> gains(40, 0);
  gains[4 * 4 - 6] = 100, gains[4 * 4 - 5] = 50;  // noise of 8 to 15
  node.Input<U32>({2}, {1 << 12, 1 << 12}).Input<U32>({2}, {8, 12}).Constant<I16>({40}, gains);
  node.Output(ElementType::kUInt32);
  ASSERT_TRUE(node.Run().ok());
  // 100, and 100 + 50 / 2; minus 1.
  EXPECT_THAT(node.Result<U32>(), ElementsAre(99 * 64, 124 * 64));
  node.SetInput<U32>(1, {8, 1U << 31});
  EXPECT_EQ(node.Run().code(), StatusCode::kOutOfRange);
}

TEST(SignalFilterBankLog, IsTheLogarithm) {
  const std::vector<U32> input = {0, 1, 2, 3, 10, 1000, 123456, 1000000000U, 4294967295U};
  CustomNode node("SignalFilterBankLog", {{"output_scale", 1600}, {"input_correction_bits", 0}});
  node.Input<U32>({static_cast<std::int32_t>(input.size())}, input).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  const auto result = node.Result<I16>();
  for (std::size_t i = 0; i < input.size(); ++i) {
    const double exact = input[i] == 0 ? 0 : std::min(std::log(static_cast<double>(input[i])) * 1600, 32767.0);
    EXPECT_NEAR(result[i], exact, 2) << input[i];
  }
}

TEST(SignalFramer, FramesOverlapAcrossRuns) {
  CustomNode node("SignalFramer", {{"frame_size", 3}, {"frame_step", 2}, {"prefill", false}});
  node.Input<I16>({2, 2}, {1, 2, 11, 12}).Output(ElementType::kInt16).Output(ElementType::kBool);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2, 1, 3}));
  EXPECT_THAT(node.Result<bool>(1), ElementsAre(false));
  node.SetInput<I16>(0, {3, 4, 13, 14});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, 2, 3, 11, 12, 13));
  EXPECT_THAT(node.Result<bool>(1), ElementsAre(true));
  node.SetInput<I16>(0, {5, 6, 15, 16});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(3, 4, 5, 13, 14, 15));
}

TEST(SignalFramer, PrefillStartsWithZeros) {
  CustomNode node("SignalFramer", {{"frame_size", 3}, {"frame_step", 2}, {"prefill", true}});
  node.Input<I16>({4}, {1, 2, 3, 4}).Output(ElementType::kInt16).Output(ElementType::kBool);
  for (int run = 0; run < 2; ++run) {
    ASSERT_TRUE(node.Run().ok());
    EXPECT_THAT(node.Result<I16>(), ElementsAre(0, 1, 2, 2, 3, 4));
    EXPECT_THAT(node.Result<bool>(1), ElementsAre(true));
    node.state()->Reset();
  }
}

TEST(SignalFramer, NeedsWholeSteps) {
  CustomNode node("SignalFramer", {{"frame_size", 3}, {"frame_step", 2}, {"prefill", true}});
  node.Input<I16>({3}, {1, 2, 3}).Output(ElementType::kInt16).Output(ElementType::kBool);
  EXPECT_THAT(node.Run().message(), HasSubstr("3 samples are not a multiple of frame_step 2"));
}

TEST(SignalStacker, RepeatsTheFirstFrame) {
  CustomNode node(
      "SignalStacker",
      {{"num_channels", 2}, {"stacker_left_context", 1}, {"stacker_right_context", 1}, {"stacker_step", 2}});
  node.Input<I16>({2}, {1, 2}).Output(ElementType::kInt16).Output(ElementType::kBool);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<bool>(1), ElementsAre(false));
  node.SetInput<I16>(0, {3, 4});
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<bool>(1), ElementsAre(true));
  EXPECT_THAT(node.Result<I16>(), ElementsAre(1, 2, 1, 2, 3, 4));
  ASSERT_TRUE(node.SetInput<I16>(0, {5, 6}).Run().ok());
  EXPECT_THAT(node.Result<bool>(1), ElementsAre(false));
  ASSERT_TRUE(node.SetInput<I16>(0, {7, 8}).Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(3, 4, 5, 6, 7, 8));
}

TEST(SignalDelay, HoldsSamplesBack) {
  CustomNode node("SignalDelay", {{"delay_length", 3}});
  node.Input<I16>({2, 2}, {1, 2, 11, 12}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), Each(0));
  ASSERT_TRUE(node.SetInput<I16>(0, {3, 4, 13, 14}).Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(0, 1, 0, 11));
  ASSERT_TRUE(node.SetInput<I16>(0, {5, 6, 15, 16}).Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(2, 3, 12, 13));
}

TEST(SignalOverlapAdd, AddsFramesAcrossRuns) {
  CustomNode node("SignalOverlapAdd", {{"T", 0}, {"frame_step", 1}});
  node.Input<float>({2, 3}, {1, 2, 3, 10, 20, 30}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({2}));
  EXPECT_THAT(node.Result<float>(), ElementsAre(1, 12));
  ASSERT_TRUE(node.SetInput<float>(0, std::vector<float>(6)).Run().ok());
  EXPECT_THAT(node.Result<float>(), ElementsAre(23, 30));
}

TEST(SignalOverlapAdd, SaturatesIn16Bits) {
  CustomNode node("SignalOverlapAdd", {{"T", 0}, {"frame_step", 1}});
  node.Input<I16>({1, 2}, {-30000, 30000}).Output(ElementType::kInt16);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(-30000));
  ASSERT_TRUE(node.SetInput<I16>(0, {30000, 0}).Run().ok());
  EXPECT_THAT(node.Result<I16>(), ElementsAre(32767));
}

}  // namespace
}  // namespace tfld::engine
