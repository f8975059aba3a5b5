// The cell of RNN and its sequences: output = activation(bias + W * input + A * aux input + R * state), and the output
// is the next state.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/kernels/reference/recurrent_activation.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/recurrent_products.h"
#include "engine/kernels/reference/recurrent_sequence.h"

namespace tfld::engine::reference {

// Where the node has the cell's inputs.
struct RnnInputs {
  int weights;            // [units, inputs]
  int recurrent_weights;  // [units, units]
  int bias;               // [units]
  int state;              // [batches, units]
  int aux_weights = -1;   // [units, aux inputs]; -1: none
};

// `units` of a cell, from its weights; an error when they are no matrix.
inline Result<std::int32_t> RnnUnits(const OpContext& context, const RnnInputs& inputs) {
  TFLD_RETURN_IF_ERROR(context.RequireInputRank(inputs.weights, 2, 2));
  return context.Input(inputs.weights).shape.dim(0);
}

// A cell with all that is known at load, for floats or hybrid.
template <typename Vector>
class RnnCell {
 public:
  using Weight = typename Vector::Weight;

  static Result<RnnCell> Make(PrepareContext& context, const RnnInputs& inputs, const Sequence& sequence,
                              const Pass& pass) {
    RnnCell cell;
    cell.inputs_ = inputs;
    cell.pass_ = pass;
    TFLD_ASSIGN_OR_RETURN(cell.units_, RnnUnits(context, inputs));
    TFLD_RETURN_IF_ERROR(cell.CheckInputs(context, sequence));
    const auto& attributes = context.attributes<RnnAttributes>();
    cell.activation_ = attributes.activation;
    cell.asymmetric_ = attributes.asymmetric_quantize_inputs;
    const std::int64_t longest = std::max({cell.input_size_, cell.aux_size_, cell.units_});
    cell.scratch_ = context.RequestScratch(static_cast<std::size_t>(longest) * sizeof(Weight));
    return cell;
  }

  void Run(const RunContext& run, const Sequence& sequence) const {
    Walk(sequence, pass_.backward, [&](std::int64_t row, std::int64_t batch) {
      float* output = run.Output<float>(pass_.output) + row * pass_.output_depth + pass_.output_offset;
      auto* state = State<float>(run, inputs_.state) + batch * units_;
      std::copy_n(run.Input<float>(inputs_.bias), units_, output);
      Add(run, inputs_.weights, weights_scale_, run.Input<float>(pass_.input) + row * input_size_, input_size_, output);
      if (pass_.aux_input >= 0) {
        Add(run, inputs_.aux_weights, aux_scale_, run.Input<float>(pass_.aux_input) + row * aux_size_, aux_size_,
            output);
      }
      Add(run, inputs_.recurrent_weights, recurrent_scale_, state, units_, output);
      for (std::int64_t i = 0; i < units_; ++i) output[i] = Activate(activation_, output[i]);
      std::copy_n(output, units_, state);
    });
  }

 private:
  Status CheckInputs(const OpContext& context, const Sequence& sequence) {
    TFLD_RETURN_IF_ERROR(RequireWeightsFor<Vector>(context, inputs_.weights));
    const ElementType type = context.Input(inputs_.weights).type;
    const int rank = context.Input(0).shape.rank();
    const auto check_weights = [&](int index, std::int32_t columns, float& scale) -> Status {
      TFLD_RETURN_IF_ERROR(RequireWeights(context, index, type, {units_, columns}));
      scale = type == ElementType::kFloat32 ? 1.0F : context.Input(index).scale();
      return {};
    };
    const auto check_sequence = [&](int index, std::int32_t& size) -> Status {
      TFLD_RETURN_IF_ERROR(context.RequireInputRank(index, rank, rank));
      TFLD_RETURN_IF_ERROR(context.RequireInputType(index, {ElementType::kFloat32}));
      size = context.Input(index).shape.dim(rank - 1);
      if (context.Input(index).shape == sequence.WithDepth(rank, size)) return {};
      return context.Error(StrCat("input ", index, " has other steps or batches than input 0"));
    };
    TFLD_RETURN_IF_ERROR(check_sequence(pass_.input, input_size_));
    TFLD_RETURN_IF_ERROR(check_weights(inputs_.weights, input_size_, weights_scale_));
    TFLD_RETURN_IF_ERROR(check_weights(inputs_.recurrent_weights, units_, recurrent_scale_));
    if (pass_.aux_input >= 0) {
      TFLD_RETURN_IF_ERROR(check_sequence(pass_.aux_input, aux_size_));
      TFLD_RETURN_IF_ERROR(check_weights(inputs_.aux_weights, aux_size_, aux_scale_));
    }
    TFLD_RETURN_IF_ERROR(RequireShape(context, inputs_.bias, {units_}));
    TFLD_RETURN_IF_ERROR(context.RequireInputType(inputs_.bias, {ElementType::kFloat32}));
    TFLD_RETURN_IF_ERROR(context.RequireOutputType(pass_.output, {ElementType::kFloat32}));
    return RequireState(context, inputs_.state, ElementType::kFloat32, std::int64_t{sequence.batches} * units_);
  }

  void Add(const RunContext& run, int weights, float scale, const float* values, std::int32_t size,
           float* output) const {
    const Vector vector(values, size, asymmetric_, run.Scratch<Weight>(scratch_));
    AddProduct({run.Input<Weight>(weights), scale}, vector, units_, output);
  }

  RnnInputs inputs_{};
  Pass pass_;
  std::int32_t units_ = 0, input_size_ = 0, aux_size_ = 0;
  float weights_scale_ = 1.0F, recurrent_scale_ = 1.0F, aux_scale_ = 1.0F;
  Activation activation_ = Activation::kNone;
  bool asymmetric_ = false;
  int scratch_ = 0;
};

}  // namespace tfld::engine::reference
