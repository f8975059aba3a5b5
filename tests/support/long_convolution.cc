#include "tests/support/long_convolution.h"

#include <cstdint>

#include "tests/support/model_builder.h"

namespace tfld::test {

std::vector<std::byte> LongConvolution() {
  constexpr std::int32_t kSide = 64;
  constexpr std::int32_t kDepth = 64;
  constexpr std::int32_t kFilters = 2 * kDepth;
  ModelBuilder builder;
  std::vector<float> weights(kFilters * kDepth);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i % 7) - 3.0F;
  const int x = builder.AddTensor({.shape = {1, kSide, kSide, kDepth}, .name = "x"});
  const int filter = builder.AddConstant({.shape = {kFilters, 1, 1, kDepth}}, weights);
  const int bias = builder.AddConstant({.shape = {kFilters}}, std::vector<float>(kFilters, 1.0F));
  const int y = builder.AddTensor({.shape = {1, kSide, kSide, kFilters}, .name = "y"});
  builder.AddOperator({.op = wire::BuiltinOperator_CONV_2D,
                       .inputs = {x, filter, bias},
                       .outputs = {y},
                       .options_type = wire::BuiltinOptions_Conv2DOptions,
                       .options = wire::CreateConv2DOptions(builder.fbb(), wire::Padding_VALID, 1, 1).Union()});
  return builder.Finish({x}, {y});
}

}  // namespace tfld::test
