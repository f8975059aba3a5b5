// The options of operators, one struct a kind, free of the wire format. Names are those of the .tflite options tables.
//
// The importer has checked what can be checked without shapes: enumerations are in range, strides and dilations
// positive.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/tensor/element_type.h"

namespace tfld::engine {

enum class Padding : std::uint8_t { kSame, kValid };

// The function that follows an operator in place: clamps to [0, inf), [-1, 1], [0, 6]; or tanh; or the sign bit.
enum class Activation : std::uint8_t { kNone = 0, kRelu = 1, kReluN1To1 = 2, kRelu6 = 3, kTanh = 4, kSignBit = 5 };

struct Conv2dAttributes {
  Padding padding = Padding::kSame;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  Activation activation = Activation::kNone;
};

struct DepthwiseConv2dAttributes {
  Padding padding = Padding::kSame;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int depth_multiplier = 1;
  Activation activation = Activation::kNone;
};

// AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D.
struct Pool2dAttributes {
  Padding padding = Padding::kSame;
  int stride_h = 1, stride_w = 1;
  int filter_h = 1, filter_w = 1;
  Activation activation = Activation::kNone;
};

struct FullyConnectedAttributes {
  Activation activation = Activation::kNone;
  bool shuffled_weights = false;  // SHUFFLED4x16INT8
  bool keep_num_dims = false;
  bool asymmetric_quantize_inputs = false;
};

struct SoftmaxAttributes {
  float beta = 1.0F;
};

struct ConcatenationAttributes {
  int axis = 0;
  Activation activation = Activation::kNone;
};

// ADD, SUB, MUL, DIV and L2_NORMALIZATION: elementwise with a fused activation.
struct ElementwiseAttributes {
  Activation activation = Activation::kNone;
  bool pot_scale_int16 = true;  // ADD and SUB in int16: scales are powers of two
};

struct ReshapeAttributes {
  std::vector<std::int32_t> new_shape;  // used when the second input is absent; one entry may be -1
};

struct ResizeAttributes {
  bool align_corners = false;
  bool half_pixel_centers = false;
};

struct ReducerAttributes {
  bool keep_dims = false;
};

struct StridedSliceAttributes {
  std::uint32_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;
  bool offset = false;  // `end` is relative to `begin`
};

struct GatherAttributes {
  int axis = 0;
  int batch_dims = 0;
};

struct SqueezeAttributes {
  std::vector<std::int32_t> squeeze_dims;
};

// SPLIT and SPLIT_V.
struct SplitAttributes {
  int num_splits = 0;
};

// PACK (values_count is the number of inputs) and UNPACK (the number of outputs).
struct PackAttributes {
  int count = 0;
  int axis = 0;
};

// ARG_MAX, ARG_MIN and SHAPE: the type of the result.
struct OutputTypeAttributes {
  ElementType output_type = ElementType::kInt32;
};

struct LeakyReluAttributes {
  float alpha = 0.0F;
};

struct GeluAttributes {
  bool approximate = false;  // by tanh
};

struct CumsumAttributes {
  bool exclusive = false;
  bool reverse = false;
};

struct LocalResponseNormalizationAttributes {
  int radius = 0;
  float bias = 0.0F, alpha = 0.0F, beta = 0.0F;
};

struct CallOnceAttributes {
  int init_subgraph = 0;
};

struct VarHandleAttributes {
  std::string container;
  std::string shared_name;
  int resource = 0;  // a number for each (container, shared_name) of the program, from 0; below Program::num_resources
};

// std::monostate: the operator has no options, or its options are of no kind above; then only custom_options may hold
// some.
using Attributes =
    std::variant<std::monostate, Conv2dAttributes, DepthwiseConv2dAttributes, Pool2dAttributes,
                 FullyConnectedAttributes, SoftmaxAttributes, ConcatenationAttributes, ElementwiseAttributes,
                 ReshapeAttributes, ResizeAttributes, ReducerAttributes, StridedSliceAttributes, GatherAttributes,
                 SqueezeAttributes, SplitAttributes, PackAttributes, OutputTypeAttributes, LeakyReluAttributes,
                 GeluAttributes, CumsumAttributes, LocalResponseNormalizationAttributes, CallOnceAttributes,
                 VarHandleAttributes>;

}  // namespace tfld::engine
