// TensorFlow Lite's custom operators, and the options of custom operators.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "engine/kernels/reference/flex_options.h"
#include "tests/engine/kernels/custom_node.h"

namespace tfld::engine {
namespace {

using reference::FlexOptions;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

TEST(FlexOptions, ReadsNumbersOfEveryKind) {
  CustomNode node("", {{"int", -5}, {"float", 2.5F}, {"yes", true}});
  const InferContext context(node.graph(), 0);
  const auto options = FlexOptions::Read(context);
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options.value().Int("int").value(), -5);
  EXPECT_EQ(options.value().Int("float").value(), 2);
  EXPECT_EQ(options.value().Float("int").value(), -5);
  EXPECT_EQ(options.value().Float("float").value(), 2.5F);
  EXPECT_TRUE(options.value().Bool("yes").value());
  EXPECT_FALSE(options.value().Has("no"));
  EXPECT_THAT(options.value().Bool("no").status().message(), HasSubstr("option \"no\" is missing"));
}

TEST(FlexOptions, AnySingleBrokenByteIsHarmless) {
  const std::vector<std::uint8_t> sound = FlexMap({{"first", 70000}, {"second", 0.5F}, {"third", false}});
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (const int value : {0, 1, 3, 9, 36, 127, 128, 255}) {
      auto bytes = sound;
      bytes[at] = static_cast<std::uint8_t>(value);
      CustomNode node("", bytes);
      const InferContext context(node.graph(), 0);
      const auto options = FlexOptions::Read(context);
      EXPECT_FALSE(options.ok() && options.value().Has("fourth"));
    }
  }
  for (std::size_t size = 1; size < sound.size(); ++size) {
    CustomNode node("", std::vector<std::uint8_t>(sound.end() - static_cast<std::ptrdiff_t>(size), sound.end()));
    const InferContext context(node.graph(), 0);
    (void)FlexOptions::Read(context);
  }
}

std::vector<CustomOption> Detection(bool regular) {
  return {{"max_detections", 3},
          {"max_classes_per_detection", 1},
          {"detections_per_class", 2},
          {"use_regular_nms", regular},
          {"nms_score_threshold", 0.25F},
          {"nms_iou_threshold", 0.5F},
          {"num_classes", 2},
          {"y_scale", 10.F},
          {"x_scale", 10.F},
          {"h_scale", 5.F},
          {"w_scale", 5.F}};
}

// Three boxes of size 2: the first two overlap by more than half, the third lies apart. Column 0 is the background.
TestNode& DetectionInputs(CustomNode& node) {
  node.Input<float>({1, 3, 4}, {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})
      .Input<float>({1, 3, 3}, {0, .9F, .1F, 0, .8F, .7F, 0, .3F, .2F})
      .Constant<float>({3, 4}, {1, 1, 2, 2, 1, 1, 2, 2, 9, 9, 2, 2});
  for (int i = 0; i < 4; ++i) node.Output(ElementType::kFloat32);
  return node;
}

TEST(DetectionPostProcess, FastSelectsByTheBestClass) {
  CustomNode node("TFLite_Detection_PostProcess", Detection(false));
  ASSERT_TRUE(DetectionInputs(node).Run().ok());
  EXPECT_THAT(node.Result<float>(3), ElementsAre(2));
  EXPECT_THAT(node.Result<float>(0), ElementsAre(0, 0, 2, 2, 8, 8, 10, 10, 0, 0, 0, 0));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(0, 0, 0));
  EXPECT_THAT(node.Result<float>(2), ElementsAre(.9F, .3F, 0));
}

TEST(DetectionPostProcess, RegularSelectsInEachClass) {
  CustomNode node("TFLite_Detection_PostProcess", Detection(true));
  ASSERT_TRUE(DetectionInputs(node).Run().ok());
  EXPECT_THAT(node.Result<float>(3), ElementsAre(3));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(0, 1, 0));
  EXPECT_THAT(node.Result<float>(2), ElementsAre(.9F, .7F, .3F));
  EXPECT_THAT(node.Result<float>(0), Pointwise(FloatNear(1e-6F), {0., 0., 2., 2., .2, 0., 2.2, 2., 8., 8., 10., 10.}));
}

TEST(DetectionPostProcess, EqualScoresStayInTheOrderOfTheClasses) {
  CustomNode node("TFLite_Detection_PostProcess", Detection(true));
  node.Input<float>({1, 3, 4}, std::vector<float>(12, 0.0F))
      .Input<float>({1, 3, 3}, {0, .5F, .5F, 0, .5F, .5F, 0, .9F, .5F})
      .Constant<float>({3, 4}, {1, 1, 2, 2, 5, 5, 2, 2, 9, 9, 2, 2});
  for (int i = 0; i < 4; ++i) node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(1), ElementsAre(0, 0, 1));
  EXPECT_THAT(node.Result<float>(2), ElementsAre(.9F, .5F, .5F));
  EXPECT_THAT(node.Result<float>(0), ElementsAre(8, 8, 10, 10, 0, 0, 2, 2, 0, 0, 2, 2));
}

TEST(DetectionPostProcess, SeveralClassesForOneBox) {
  auto options = Detection(false);
  options[0].value = 1;
  options[1].value = 2;
  CustomNode node("TFLite_Detection_PostProcess", options);
  ASSERT_TRUE(DetectionInputs(node).Run().ok());
  EXPECT_THAT(node.Result<float>(3), ElementsAre(1));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(0, 1));
  EXPECT_THAT(node.Result<float>(2), ElementsAre(.9F, .1F));
}

TEST(DetectionPostProcess, QuantizedInputs) {
  auto options = Detection(false);
  CustomNode node("TFLite_Detection_PostProcess", options);
  node.Input<std::uint8_t>({1, 1, 4}, {100, 100, 100, 100}, Quantized(0.1F, 100))
      .Input<std::uint8_t>({1, 1, 2}, {10, 200}, Quantized(1.0F / 256, 0))
      .Constant<std::uint8_t>({1, 4}, {10, 10, 4, 4}, Quantized(0.5F, 0));
  for (int i = 0; i < 4; ++i) node.Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_THAT(node.Result<float>(3), ElementsAre(1));
  EXPECT_THAT(node.Result<float>(1), ElementsAre(1, 0, 0));
  EXPECT_EQ(node.Result<float>(2)[0], 200.0F / 256);
  EXPECT_EQ(node.Result<float>(0)[0], 4);
  EXPECT_EQ(node.Result<float>(0)[2], 6);
}

TEST(DetectionPostProcess, RefusesBadOptionsAndBoxes) {
  auto options = Detection(false);
  options[5].value = 0.0F;
  CustomNode overlap("TFLite_Detection_PostProcess", options);
  EXPECT_THAT(DetectionInputs(overlap).Run().message(), HasSubstr("nms_iou_threshold 0 is not above 0"));
  options = Detection(false);
  options[6].value = 4;
  CustomNode classes("TFLite_Detection_PostProcess", options);
  EXPECT_THAT(DetectionInputs(classes).Run().message(), HasSubstr("num_classes 4 with scores [1, 3, 3]"));
  CustomNode inside_out("TFLite_Detection_PostProcess", Detection(false));
  DetectionInputs(inside_out).SetInput<float>(2, {1, 1, -2, 2, 1, 1, 2, 2, 9, 9, 2, 2});
  EXPECT_THAT(inside_out.Run().message(), HasSubstr("inside out"));
}

TEST(AudioSpectrogram, EnergiesOfWindows) {
  constexpr int kWindow = 6, kStride = 2, kSamples = 11;
  std::vector<float> samples;
  for (int i = 0; i < 2 * kSamples; ++i) samples.push_back(std::sin(0.7F * static_cast<float>(i)));
  CustomNode node("AudioSpectrogram", {{"window_size", kWindow}, {"stride", kStride}, {"magnitude_squared", true}});
  node.Input<float>({kSamples, 2}, samples).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  ASSERT_EQ(node.ResultShape(), Shape({2, 3, 5}));
  const auto result = node.Result<float>();
  for (int channel = 0; channel < 2; ++channel) {
    for (int window = 0; window < 3; ++window) {
      for (int k = 0; k < 5; ++k) {
        double real = 0, imaginary = 0;
        for (int i = 0; i < kWindow; ++i) {
          const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / kWindow);
          const double x = hann * samples[static_cast<std::size_t>((window * kStride + i) * 2 + channel)];
          real += x * std::cos(2 * std::numbers::pi * i * k / 8);
          imaginary -= x * std::sin(2 * std::numbers::pi * i * k / 8);
        }
        EXPECT_NEAR(result[static_cast<std::size_t>((channel * 3 + window) * 5 + k)],
                    real * real + imaginary * imaginary, 1e-5);
      }
    }
  }
}

TEST(AudioSpectrogram, TooShortARecordingHasNoWindows) {
  CustomNode node("AudioSpectrogram", {{"window_size", 8}, {"stride", 1}, {"magnitude_squared", false}});
  node.Input<float>({3, 1}, {1, 2, 3}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  EXPECT_EQ(node.ResultShape(), Shape({1, 0, 5}));
}

CustomNode Mfcc(int lower, int upper) {
  return CustomNode("Mfcc", {{"lower_frequency_limit", lower},
                             {"upper_frequency_limit", upper},
                             {"filterbank_channel_count", 4},
                             {"dct_coefficient_count", 3}});
}

// By definition, filter by filter.
TEST(Mfcc, LogarithmsOfTriangularFilters) {
  constexpr int kBins = 65;
  std::vector<float> spectrum;
  for (int i = 0; i < kBins; ++i) spectrum.push_back(static_cast<float>((i * 37) % 11 + 1));
  CustomNode node = Mfcc(100, 3900);
  node.Input<float>({1, 1, kBins}, spectrum).Input<std::int32_t>({1}, {8000}).Output(ElementType::kFloat32);
  ASSERT_TRUE(node.Run().ok());
  ASSERT_EQ(node.ResultShape(), Shape({1, 1, 3}));

  const auto mel = [](double hz) { return 1127 * std::log1p(hz / 700); };
  const double hz_per_bin = 4000.0 / (kBins - 1);
  double logs[4];
  for (int filter = 0; filter < 4; ++filter) {
    const double spacing = (mel(3900) - mel(100)) / 5;
    const double center = mel(100) + spacing * (filter + 1);
    double sum = 0;
    for (int i = 3; i <= 62; ++i) {  // the bins whose frequency lies between the limits
      const double weight = 1 - std::abs(mel(i * hz_per_bin) - center) / spacing;
      if (weight > 0) sum += weight * std::sqrt(static_cast<double>(spectrum[static_cast<std::size_t>(i)]));
    }
    logs[filter] = std::log(sum);
  }
  for (int k = 0; k < 3; ++k) {
    double sum = 0;
    for (int j = 0; j < 4; ++j) sum += std::sqrt(0.5) * std::cos(std::numbers::pi / 4 * k * (j + 0.5)) * logs[j];
    EXPECT_NEAR(node.Result<float>()[static_cast<std::size_t>(k)], sum, 1e-4);
  }
}

TEST(Mfcc, RefusesBadLimitsAndRates) {
  CustomNode limits = Mfcc(300, 200);
  limits.Input<float>({1, 1, 2}, {1, 2}).Input<std::int32_t>({1}, {8000}).Output(ElementType::kFloat32);
  EXPECT_THAT(limits.Run().message(), HasSubstr("frequencies from 300 to 200"));
  CustomNode rate = Mfcc(20, 200);
  rate.Input<float>({1, 1, 2}, {1, 2}).Input<std::int32_t>({1}, {0}).Output(ElementType::kFloat32);
  EXPECT_EQ(rate.Run().code(), StatusCode::kOutOfRange);
}

CustomNode Verify(float tolerance, bool fails) {
  CustomNode node("NumericVerify", {{"tolerance", tolerance}, {"log_if_failed", fails}});
  node.Input<std::int8_t>({3}, {0, 10, -10}, Quantized(0.5F, 2))
      .Input<float>({3}, {-1, 4.25F, -5})
      .Output(ElementType::kFloat32);
  return node;
}

TEST(NumericVerify, SubtractsAndFailsWhenAsked) {
  CustomNode differences = Verify(0.1F, false);
  ASSERT_TRUE(differences.Run().ok());
  EXPECT_THAT(differences.Result<float>(), ElementsAre(0, -0.25F, -1));
  EXPECT_TRUE(Verify(2.0F, true).Run().ok());
  EXPECT_THAT(Verify(1.0F, true).Run().message(), HasSubstr("element 2 is -6, off by -1; allowed is 0.5"));
}

}  // namespace
}  // namespace tfld::engine
