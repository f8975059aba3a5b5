#include "client/src/auto_bound_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

namespace tfld::client {
namespace {

using testing::ElementsAre;

// One input and one output of INT8, which are what the test says; takes any shape, or only the one that it has.
class PlainModel final : public BoundModel {
 public:
  PlainModel(std::string transport, std::string input, bool takes_shapes, bool* gone = nullptr)
      : info_{"m", {{std::move(input), DataType::kInt8, {-1}}}, {{"y", DataType::kInt8, {-1}}}},
        transport_(std::move(transport)),
        takes_shapes_(takes_shapes),
        gone_(gone) {}
  ~PlainModel() override {
    if (gone_ != nullptr) *gone_ = true;
  }

  const ModelInfo& info() const override { return info_; }
  std::string_view transport() const override { return transport_; }
  const std::vector<std::int64_t>& input_shape(std::size_t) const override { return shape_; }
  std::span<std::byte> input(std::size_t) override { return memory_; }
  Status SetInput(std::size_t, std::span<const std::int64_t> shape, std::size_t size) override {
    if (!takes_shapes_) return Unimplemented("another shape");
    shape_.assign(shape.begin(), shape.end());
    memory_.assign(size, std::byte{0});
    return {};
  }
  Status Start(const InferOptions&) override { return {}; }
  bool done() override { return true; }
  Status Wait() override { return {}; }
  std::uint64_t version() const override { return 1; }
  std::span<const std::byte> output(std::size_t) const override { return memory_; }
  std::vector<std::int64_t> output_shape(std::size_t) const override { return shape_; }

 private:
  const ModelInfo info_;
  const std::string transport_;
  const bool takes_shapes_;
  bool* const gone_;
  std::vector<std::int64_t> shape_{1};
  std::vector<std::byte> memory_{std::byte{7}};
};

TEST(AutoBoundModelTest, WhatTheCallerHoldsStaysWhenAShapeNeedsAnotherTransport) {
  bool gone = false;
  const auto model = MakeAutoBoundModel(std::make_unique<PlainModel>("channel", "x", false, &gone), [] {
    return Result<std::unique_ptr<BoundModel>>(std::make_unique<PlainModel>("grpc", "x", true));
  });
  const TensorInfo* const info = model->info().inputs.data();
  const std::span<const std::byte> output = model->output(0);
  ASSERT_TRUE(model->SetInput(0, std::array<std::int64_t, 1>{4}, 4).ok());
  EXPECT_EQ(model->transport(), "grpc");
  EXPECT_EQ(model->info().inputs.data(), info);
  EXPECT_FALSE(gone);
  EXPECT_EQ(output[0], std::byte{7});
  ASSERT_TRUE(model->Infer({}).ok());
  EXPECT_TRUE(gone) << "its outputs are valid until the next request, and no longer";
  EXPECT_THAT(model->input_shape(0), ElementsAre(4));
}

TEST(AutoBoundModelTest, AModelThatIsAnotherByNowHasToBeBoundAgain) {
  const auto model = MakeAutoBoundModel(std::make_unique<PlainModel>("channel", "x", false), [] {
    return Result<std::unique_ptr<BoundModel>>(std::make_unique<PlainModel>("grpc", "w", true));
  });
  EXPECT_EQ(model->SetInput(0, std::array<std::int64_t, 1>{4}, 4).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(model->transport(), "channel");
}

}  // namespace
}  // namespace tfld::client
