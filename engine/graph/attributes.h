// The options of operators, one struct a kind, free of the wire format. Names are those of the .tflite options tables.
//
// The importer has checked what can be checked without shapes: enumerations are in range, strides and dilations
// positive.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/graph/stablehlo_attributes.h"
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
  // ADD and SUB in int16: scales are powers of two. A table of options says so unless it denies it; without a table it
  // is not so.
  bool pot_scale_int16 = false;
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

// ARG_MAX, ARG_MIN and SHAPE: the type of the result; UNIQUE: of the indices.
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

// CONV_3D and CONV_3D_TRANSPOSE.
struct Conv3dAttributes {
  Padding padding = Padding::kSame;
  int stride_d = 1, stride_h = 1, stride_w = 1;
  int dilation_d = 1, dilation_h = 1, dilation_w = 1;
  Activation activation = Activation::kNone;
};

struct TransposeConvAttributes {
  Padding padding = Padding::kSame;
  int stride_h = 1, stride_w = 1;
  Activation activation = Activation::kNone;
  bool has_int32_sums = false;  // of 16-bit inputs without a bias, whose type would say so
};

struct BatchMatmulAttributes {
  bool adj_x = false, adj_y = false;
  bool asymmetric_quantize_inputs = false;
};

struct SvdfAttributes {
  int rank = 1;
  Activation activation = Activation::kNone;
  bool asymmetric_quantize_inputs = false;
};

// LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM.
struct LstmAttributes {
  Activation activation = Activation::kNone;
  float cell_clip = 0.0F, proj_clip = 0.0F;  // 0: none
  bool is_basic = false;                     // LSTM with 5 inputs
  bool time_major = false;
  bool merge_outputs = false;
  bool asymmetric_quantize_inputs = false;
  bool diagonal_recurrent_tensors = false;
};

// RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN.
struct RnnAttributes {
  Activation activation = Activation::kNone;
  bool time_major = false;
  bool merge_outputs = false;
  bool asymmetric_quantize_inputs = false;
};

// SPACE_TO_DEPTH and DEPTH_TO_SPACE.
struct BlockSizeAttributes {
  int block_size = 1;
};

struct OneHotAttributes {
  int axis = -1;
};

struct MirrorPadAttributes {
  bool is_symmetric = false;  // the border is mirrored too; otherwise (REFLECT) it is the axis
};

struct ReverseSequenceAttributes {
  int seq_dim = 0;
  int batch_dim = 0;
};

enum class EmbeddingCombiner : std::uint8_t { kSum, kMean, kSqrtN };

struct EmbeddingLookupSparseAttributes {
  EmbeddingCombiner combiner = EmbeddingCombiner::kSum;
};

struct SparseToDenseAttributes {
  bool validate_indices = false;
};

struct LshProjectionAttributes {
  bool is_dense = false;
};

struct SkipGramAttributes {
  int ngram_size = 0;
  int max_skip_size = 0;
  bool include_all_ngrams = false;
};

struct BucketizeAttributes {
  std::vector<float> boundaries;  // ascending
};

struct FakeQuantAttributes {
  float min = 0.0F, max = 0.0F;
  int num_bits = 8;
  bool narrow_range = false;
};

// RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL.
struct RandomAttributes {
  std::int64_t seed = 0, seed2 = 0;
};

struct ReduceWindowAttributes {
  int reduction = 0;  // 1 add, 2 multiply, 3 minimum, 4 maximum, 5 all, 6 any
};

struct HashtableAttributes {
  int table_id = 0;
  ElementType key_type = ElementType::kInt64;
  ElementType value_type = ElementType::kInt64;
  int resource = 0;  // a number for each table_id of the program; below Program::num_resources
};

struct IfAttributes {
  int then_graph = 0, else_graph = 0;
};

// WHILE and STABLEHLO_WHILE.
struct WhileAttributes {
  int cond_graph = 0, body_graph = 0;
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
using Attributes = std::variant<
    std::monostate, Conv2dAttributes, DepthwiseConv2dAttributes, Pool2dAttributes, FullyConnectedAttributes,
    SoftmaxAttributes, ConcatenationAttributes, ElementwiseAttributes, ReshapeAttributes, ResizeAttributes,
    ReducerAttributes, StridedSliceAttributes, GatherAttributes, SqueezeAttributes, SplitAttributes, PackAttributes,
    OutputTypeAttributes, LeakyReluAttributes, GeluAttributes, CumsumAttributes, LocalResponseNormalizationAttributes,
    Conv3dAttributes, TransposeConvAttributes, BatchMatmulAttributes, SvdfAttributes, LstmAttributes, RnnAttributes,
    BlockSizeAttributes, OneHotAttributes, MirrorPadAttributes, ReverseSequenceAttributes,
    EmbeddingLookupSparseAttributes, SparseToDenseAttributes, LshProjectionAttributes, SkipGramAttributes,
    BucketizeAttributes, FakeQuantAttributes, RandomAttributes, ReduceWindowAttributes, HashtableAttributes,
    IfAttributes, WhileAttributes, CallOnceAttributes, VarHandleAttributes, StablehloGatherAttributes,
    StablehloScatterAttributes, StablehloPadAttributes, StablehloReduceWindowAttributes, StablehloCaseAttributes,
    StablehloRngAttributes, StablehloCompositeAttributes>;

}  // namespace tfld::engine
