#include <algorithm>

#include "tests/fuzz/dice.h"
#include "tests/fuzz/random_model.h"
#include "tests/support/model_builder.h"

namespace tfld::test {
namespace {

constexpr int kMaxLayers = 6;

// Makes layers on a tensor [1, height, width, channels].
class NetworkMaker {
 public:
  explicit NetworkMaker(std::uint64_t seed) : dice_(seed) {
    type_ = dice_.OneIn(3) ? wire::TensorType_UINT8 : wire::TensorType_INT8;
    now_ = NewTensor({1, dice_.Between(1, 9), dice_.Between(1, 9), dice_.Between(1, 20)});
  }

  std::vector<std::byte> Make() {
    const int input = now_.id;
    for (int layers = dice_.Between(1, kMaxLayers); layers > 0; --layers) AddLayer();
    return builder_.Finish({input}, {now_.id});
  }

 private:
  using Dims = std::vector<std::int32_t>;
  struct Tensor {
    int id = 0;
    Dims shape;
    float scale = 1.0F;
    std::int64_t zero_point = 0;
  };

  std::int64_t ZeroPoint() {
    return type_ == wire::TensorType_UINT8 ? dice_.Between(0, 255) : dice_.Between(-128, 127);
  }
  float Scale() { return 0.002F + 0.1F * dice_.Unit() * dice_.Unit(); }

  Tensor NewTensor(const Dims& shape, float scale, std::int64_t zero_point) {
    const int id = builder_.AddTensor({.type = type_, .shape = shape, .scales = {scale}, .zero_points = {zero_point}});
    return {id, shape, scale, zero_point};
  }
  Tensor NewTensor(const Dims& shape) { return NewTensor(shape, Scale(), ZeroPoint()); }
  // What keeps the input's parameters, as pools and movers must.
  Tensor Like(const Dims& shape) { return NewTensor(shape, now_.scale, now_.zero_point); }

  int Bytes(const Dims& shape, const std::vector<float>& scales, std::int64_t zero_point, int axis) {
    std::size_t count = 1;
    for (const std::int32_t dim : shape) count *= static_cast<std::size_t>(dim);
    std::vector<std::uint8_t> values(count);
    for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(dice_.Bits());
    // -128 is no weight of int8.
    if (type_ == wire::TensorType_INT8) std::ranges::replace(values, std::uint8_t{0x80}, std::uint8_t{0x81});
    return builder_.AddConstant({.type = type_,
                                 .shape = shape,
                                 .scales = scales,
                                 .zero_points = std::vector<std::int64_t>(scales.size(), zero_point),
                                 .axis = axis},
                                values);
  }

  int Ints(const std::vector<std::int32_t>& values, const Dims& shape) {
    return builder_.AddConstant({.type = wire::TensorType_INT32, .shape = shape}, values);
  }

  // Filter and bias of `channels` output channels, which lie along `axis`.
  std::pair<int, int> Weights(const Dims& shape, int axis, bool may_be_per_channel) {
    const auto channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
    const bool per_channel = may_be_per_channel && type_ == wire::TensorType_INT8 && dice_.OneIn(2);
    std::vector<float> scales(per_channel ? channels : 1);
    for (float& scale : scales) scale = 0.001F + 0.01F * dice_.Unit();
    const int filter = Bytes(shape, scales, type_ == wire::TensorType_UINT8 ? dice_.Between(0, 255) : 0, axis);
    std::vector<float> bias_scales;
    for (const float scale : scales) bias_scales.push_back(scale * now_.scale);
    std::vector<std::int32_t> bias(channels);
    for (std::int32_t& value : bias) value = dice_.Between(-2000, 2000);
    const std::vector<std::int64_t> zeros(scales.size(), 0);
    const int bias_id = builder_.AddConstant({.type = wire::TensorType_INT32,
                                              .shape = {static_cast<std::int32_t>(channels)},
                                              .scales = bias_scales,
                                              .zero_points = zeros},
                                             bias);
    return {filter, bias_id};
  }

  void Add(wire::BuiltinOperator op, std::vector<std::int32_t> inputs, const Tensor& output, wire::BuiltinOptions type,
           flatbuffers::Offset<void> options) {
    builder_.AddOperator(
        {.op = op, .inputs = std::move(inputs), .outputs = {output.id}, .options_type = type, .options = options});
    now_ = output;
  }

  wire::ActivationFunctionType AnyActivation() {
    return dice_.Of(
        {wire::ActivationFunctionType_NONE, wire::ActivationFunctionType_RELU, wire::ActivationFunctionType_RELU6});
  }

  void AddLayer() {
    switch (dice_.Below(10)) {
      case 0: return AddConv();
      case 1: return AddDepthwise();
      case 2: return AddPool();
      case 3: return AddFullyConnected();
      case 4: return AddBinary();
      case 5: return AddUnary();
      case 6: return AddPad();
      case 7: return AddConcatenation();
      case 8: return AddMean();
      default: return AddRequantize();
    }
  }

  static int OutputSize(int input, int filter, int stride, bool same) {
    return same ? (input + stride - 1) / stride : (input - filter + stride) / stride;
  }

  void AddConv() {
    const Dims in = now_.shape;
    const int kh = dice_.Between(1, std::min(3, in[1]));
    const int kw = dice_.Between(1, std::min(3, in[2]));
    const int stride = dice_.Between(1, 2);
    const bool same = dice_.OneIn(2);
    const int channels = dice_.Between(1, 20);
    const auto [filter, bias] = Weights({channels, kh, kw, in[3]}, 0, true);
    const Tensor out =
        NewTensor({1, OutputSize(in[1], kh, stride, same), OutputSize(in[2], kw, stride, same), channels});
    const auto options = wire::CreateConv2DOptions(builder_.fbb(), same ? wire::Padding_SAME : wire::Padding_VALID,
                                                   stride, stride, AnyActivation());
    Add(wire::BuiltinOperator_CONV_2D, {now_.id, filter, bias}, out, wire::BuiltinOptions_Conv2DOptions,
        options.Union());
  }

  void AddDepthwise() {
    const Dims in = now_.shape;
    const int k = dice_.Between(1, std::min({3, in[1], in[2]}));
    const int stride = dice_.Between(1, 2);
    const bool same = dice_.OneIn(2);
    const int multiplier = dice_.OneIn(4) ? 2 : 1;
    const auto [filter, bias] = Weights({1, k, k, in[3] * multiplier}, 3, true);
    const Tensor out =
        NewTensor({1, OutputSize(in[1], k, stride, same), OutputSize(in[2], k, stride, same), in[3] * multiplier});
    const auto options = wire::CreateDepthwiseConv2DOptions(
        builder_.fbb(), same ? wire::Padding_SAME : wire::Padding_VALID, stride, stride, multiplier, AnyActivation());
    Add(wire::BuiltinOperator_DEPTHWISE_CONV_2D, {now_.id, filter, bias}, out,
        wire::BuiltinOptions_DepthwiseConv2DOptions, options.Union());
  }

  void AddPool() {
    const Dims in = now_.shape;
    const int kh = dice_.Between(1, in[1]);
    const int kw = dice_.Between(1, in[2]);
    const Tensor out = Like({1, OutputSize(in[1], kh, 1, false), OutputSize(in[2], kw, 1, false), in[3]});
    const auto options = wire::CreatePool2DOptions(builder_.fbb(), wire::Padding_VALID, 1, 1, kw, kh, AnyActivation());
    Add(dice_.OneIn(2) ? wire::BuiltinOperator_MAX_POOL_2D : wire::BuiltinOperator_AVERAGE_POOL_2D, {now_.id}, out,
        wire::BuiltinOptions_Pool2DOptions, options.Union());
  }

  void AddFullyConnected() {
    const Dims in = now_.shape;
    const int channels = dice_.Between(1, 20);
    const auto [filter, bias] = Weights({channels, in[1] * in[2] * in[3]}, 0, false);
    // Back to four dimensions, so that any layer may follow.
    const Tensor flat = NewTensor({1, channels});
    const auto options = wire::CreateFullyConnectedOptions(builder_.fbb(), AnyActivation());
    Add(wire::BuiltinOperator_FULLY_CONNECTED, {now_.id, filter, bias}, flat,
        wire::BuiltinOptions_FullyConnectedOptions, options.Union());
    const int shape = Ints({1, 1, 1, channels}, {4});
    const Tensor out = Like({1, 1, 1, channels});
    Add(wire::BuiltinOperator_RESHAPE, {now_.id, shape}, out, wire::BuiltinOptions_NONE, {});
  }

  void AddBinary() {
    const int other =
        dice_.OneIn(2) ? now_.id
                       : Bytes(dice_.OneIn(2) ? now_.shape : Dims{1, 1, 1, now_.shape[3]}, {Scale()}, ZeroPoint(), 0);
    const Tensor out = NewTensor(now_.shape);
    auto& fbb = builder_.fbb();
    switch (dice_.Below(3)) {
      case 0:
        return Add(wire::BuiltinOperator_ADD, {now_.id, other}, out, wire::BuiltinOptions_AddOptions,
                   wire::CreateAddOptions(fbb, AnyActivation()).Union());
      case 1:
        return Add(wire::BuiltinOperator_SUB, {now_.id, other}, out, wire::BuiltinOptions_SubOptions,
                   wire::CreateSubOptions(fbb, AnyActivation()).Union());
      default:
        return Add(wire::BuiltinOperator_MUL, {now_.id, other}, out, wire::BuiltinOptions_MulOptions,
                   wire::CreateMulOptions(fbb, AnyActivation()).Union());
    }
  }

  void AddUnary() {
    const bool is_signed = type_ == wire::TensorType_INT8;
    // Both have one output range in the format.
    const Tensor from_zero = NewTensor(now_.shape, 1.0F / 256.0F, is_signed ? -128 : 0);
    const Tensor around_zero = NewTensor(now_.shape, 1.0F / 128.0F, is_signed ? 0 : 128);
    switch (dice_.Below(4)) {
      case 0: return Add(wire::BuiltinOperator_LOGISTIC, {now_.id}, from_zero, wire::BuiltinOptions_NONE, {});
      case 1: return Add(wire::BuiltinOperator_TANH, {now_.id}, around_zero, wire::BuiltinOptions_NONE, {});
      case 2:
        return Add(wire::BuiltinOperator_SOFTMAX, {now_.id}, from_zero, wire::BuiltinOptions_SoftmaxOptions,
                   wire::CreateSoftmaxOptions(builder_.fbb(), 1.0F).Union());
      default:
        return Add(wire::BuiltinOperator_LEAKY_RELU, {now_.id}, NewTensor(now_.shape),
                   wire::BuiltinOptions_LeakyReluOptions,
                   wire::CreateLeakyReluOptions(builder_.fbb(), dice_.Unit()).Union());
    }
  }

  void AddPad() {
    const int before = dice_.Between(0, 2);
    const int after = dice_.Between(0, 2);
    const int paddings = Ints({0, 0, before, after, after, before, 0, 0}, {4, 2});
    Dims shape = now_.shape;
    shape[1] += before + after;
    shape[2] += before + after;
    Add(wire::BuiltinOperator_PAD, {now_.id, paddings}, Like(shape), wire::BuiltinOptions_PadOptions,
        wire::CreatePadOptions(builder_.fbb()).Union());
  }

  void AddConcatenation() {
    const int axis = dice_.Between(1, 3);
    Dims shape = now_.shape;
    shape[static_cast<std::size_t>(axis)] *= 2;
    Add(wire::BuiltinOperator_CONCATENATION, {now_.id, now_.id}, Like(shape), wire::BuiltinOptions_ConcatenationOptions,
        wire::CreateConcatenationOptions(builder_.fbb(), axis).Union());
  }

  void AddMean() {
    const int axes = Ints({1, 2}, {2});
    Add(wire::BuiltinOperator_MEAN, {now_.id, axes}, NewTensor({1, 1, 1, now_.shape[3]}),
        wire::BuiltinOptions_ReducerOptions, wire::CreateReducerOptions(builder_.fbb(), true).Union());
  }

  void AddRequantize() {
    Add(wire::BuiltinOperator_QUANTIZE, {now_.id}, NewTensor(now_.shape), wire::BuiltinOptions_NONE, {});
  }

  Dice dice_;
  ModelBuilder builder_;
  wire::TensorType type_ = wire::TensorType_INT8;
  Tensor now_;
};

}  // namespace

std::vector<std::byte> RandomQuantizedModel(std::uint64_t seed) { return NetworkMaker(seed).Make(); }

}  // namespace tfld::test
