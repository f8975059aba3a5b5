#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include "tests/fuzz/dice.h"
#include "tests/fuzz/random_model.h"
#include "tests/support/model_builder.h"

namespace tfld::test {
namespace {

// "conv2doptions" of "CONV_2D".
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (c != '_') folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return folded;
}

// The options of most operators are called like the operator.
wire::BuiltinOptions OptionsOf(std::string_view op) {
  static const std::map<std::string_view, std::string_view> kOthers = {
      {"AVERAGE_POOL_2D", "Pool2D"},
      {"MAX_POOL_2D", "Pool2D"},
      {"L2_POOL_2D", "Pool2D"},
      {"MEAN", "Reducer"},
      {"SUM", "Reducer"},
      {"REDUCE_MAX", "Reducer"},
      {"REDUCE_MIN", "Reducer"},
      {"REDUCE_PROD", "Reducer"},
      {"REDUCE_ANY", "Reducer"},
      {"REDUCE_ALL", "Reducer"},
      {"L2_NORMALIZATION", "L2Norm"},
      {"LOCAL_RESPONSE_NORMALIZATION", "LocalResponseNormalization"},
      {"PADV2", "PadV2"},
      {"UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNN"},
      {"MINIMUM", "MaximumMinimum"},
      {"MAXIMUM", "MaximumMinimum"},
      {"RANDOM_UNIFORM", "Random"},
      {"RANDOM_STANDARD_NORMAL", "Random"},
      {"MULTINOMIAL", "Random"},
      {"CONV_3D_TRANSPOSE", "Conv3D"},
  };
  const auto other = kOthers.find(op);
  const std::string wanted = Folded(other != kOthers.end() ? other->second : op) + "options";
  for (int i = wire::BuiltinOptions_NONE; i <= wire::BuiltinOptions_MAX; ++i) {
    const auto type = static_cast<wire::BuiltinOptions>(i);
    if (Folded(wire::EnumNameBuiltinOptions(type)) == wanted) return type;
  }
  return wire::BuiltinOptions_NONE;
}

class NodeMaker {
 public:
  NodeMaker(const engine::Operator& definition, std::uint64_t seed) : definition_(definition), dice_(seed) {}

  std::vector<std::byte> Make() {
    const auto& arity = definition_.arity;
    type_ = dice_.Of({wire::TensorType_FLOAT32, wire::TensorType_INT8, wire::TensorType_INT32, wire::TensorType_UINT8,
                      wire::TensorType_INT16, wire::TensorType_BOOL, wire::TensorType_INT64});
    shape_ = AnyShape();
    OperatorSpec node;
    const int inputs = dice_.Between(arity.min_inputs, std::min(arity.max_inputs, arity.min_inputs + 3));
    for (int i = 0; i < inputs; ++i) node.inputs.push_back(AddInput(i));
    const int outputs = dice_.Between(arity.min_outputs, std::min(arity.max_outputs, arity.min_outputs + 2));
    for (int i = 0; i < outputs; ++i) node.outputs.push_back(builder_.AddTensor(Spec(dice_.OneIn(4))));
    const std::vector<std::int32_t> graph_outputs = node.outputs;
    SetCode(node);
    builder_.AddOperator(node);
    return builder_.Finish(graph_inputs_, graph_outputs);
  }

 private:
  std::vector<std::int32_t> AnyShape() {
    std::vector<std::int32_t> shape(dice_.Below(5));
    for (std::int32_t& dim : shape) dim = dice_.Between(1, 4);
    return shape;
  }

  TensorSpec Spec(bool is_other) {
    TensorSpec spec;
    spec.type = is_other ? dice_.Of({wire::TensorType_FLOAT32, wire::TensorType_INT32, wire::TensorType_BOOL,
                                     wire::TensorType_INT64, wire::TensorType_INT8})
                         : type_;
    spec.shape = dice_.OneIn(3) ? AnyShape() : shape_;
    const bool quantized = spec.type == wire::TensorType_INT8 || spec.type == wire::TensorType_UINT8 ||
                           spec.type == wire::TensorType_INT16;
    if (quantized) {
      spec.scales = {0.05F};
      spec.zero_points = {0};
    }
    return spec;
  }

  int AddInput(int index) {
    if (index > 0 && dice_.OneIn(10)) return -1;
    if (index > 0 && dice_.OneIn(2)) return AddConstant();
    const int id = builder_.AddTensor(Spec(index > 0 && dice_.OneIn(3)));
    graph_inputs_.push_back(id);
    return id;
  }

  // Half of them are short lists of small integers: axes, shapes, paddings, indices.
  int AddConstant() {
    if (dice_.OneIn(2)) {
      std::vector<std::int32_t> values(dice_.OneIn(3) ? 1 : 1 + dice_.Below(4));
      for (std::int32_t& value : values) value = dice_.Between(-1, 4);
      const bool scalar = values.size() == 1 && dice_.OneIn(2);
      const auto size = static_cast<std::int32_t>(values.size());
      return builder_.AddConstant({.type = wire::TensorType_INT32,
                                   .shape = scalar ? std::vector<std::int32_t>{} : std::vector<std::int32_t>{size}},
                                  values);
    }
    const TensorSpec spec = Spec(false);
    std::size_t count = 1;
    for (const std::int32_t dim : spec.shape) count *= static_cast<std::size_t>(dim);
    const bool is_wide = spec.type == wire::TensorType_INT64;
    const bool is_word = spec.type == wire::TensorType_FLOAT32 || spec.type == wire::TensorType_INT32;
    const std::size_t bytes = is_wide ? 8 : is_word ? 4 : spec.type == wire::TensorType_INT16 ? 2 : 1;
    return builder_.AddConstant(spec, std::vector<std::uint8_t>(count * bytes, 1));
  }

  void SetCode(OperatorSpec& node) {
    node.version = dice_.Between(1, definition_.max_version);
    if (definition_.code == engine::OpCode::kCustom) {
      node.custom_code = definition_.custom_name;
      return;
    }
    node.op = static_cast<wire::BuiltinOperator>(definition_.code);
    node.options_type = OptionsOf(engine::OpCodeName(definition_.code));
    // An empty table is one with all defaults.
    if (node.options_type == wire::BuiltinOptions_NONE) return;
    const auto start = builder_.fbb().StartTable();
    node.options = builder_.fbb().EndTable(start);
  }

  const engine::Operator& definition_;
  Dice dice_;
  ModelBuilder builder_;
  wire::TensorType type_ = wire::TensorType_FLOAT32;
  std::vector<std::int32_t> shape_;
  std::vector<std::int32_t> graph_inputs_;
};

}  // namespace

std::vector<std::byte> RandomNodeModel(const engine::Operator& definition, std::uint64_t seed) {
  return NodeMaker(definition, seed).Make();
}

}  // namespace tfld::test
