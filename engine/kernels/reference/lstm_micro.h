// The LSTM cell of TensorFlow Lite Micro: int16 activations, or int8 ones in models without intermediate tensors; int8
// weights and an int16 cell state whose scale is a power of two.
//
// Sums of the input and of the state each become int16 in Q3.12 and are added with saturation. logistic and tanh are
// those of 16-bit LOGISTIC and TANH, products are rescaled as those of MUL. There is no projection, no peephole, no
// normalization, and always an input gate.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "engine/kernels/reference/lstm_fixed_point.h"
#include "engine/kernels/reference/lstm_inputs.h"
#include "engine/kernels/reference/lstm_integer.h"
#include "engine/kernels/reference/recurrent_checks.h"
#include "engine/kernels/reference/requantize.h"
#include "engine/kernels/reference/sigmoid_16.h"

namespace tfld::engine::reference {

template <typename T>
class LstmMicroCell {
 public:
  // 16-bit activations are summed in 64 bits.
  using Bias = std::conditional_t<sizeof(T) == 2, std::int64_t, std::int32_t>;

  static Result<LstmMicroCell> Make(PrepareContext& context, const LstmInputs& inputs, const Sequence& sequence,
                                    const Pass& pass) {
    constexpr ElementType kInt16 = ElementType::kInt16;
    const LstmTypes types{kElementTypeOf<T>, ElementType::kInt8, kInt16, kElementTypeOf<Bias>, kInt16, kInt16, false};
    LstmMicroCell cell;
    TFLD_ASSIGN_OR_RETURN(cell.sizes_, CheckLstm(context, inputs, types, sequence, pass));
    if (!inputs.has_input_gate() || inputs.has_peephole() || inputs.has_norm() || inputs.has_projection()) {
      return context.Unsupported(
          "an integer LSTM without intermediate tensors that has no input gate, peepholes, a normalization or a "
          "projection");
    }
    if (context.attributes<LstmAttributes>().activation != Activation::kTanh) {
      return context.Unsupported("an integer LSTM with another activation than tanh");
    }
    cell.inputs_ = inputs;
    cell.pass_ = pass;
    TFLD_RETURN_IF_ERROR(cell.MakeScales(context));
    cell.scratch_ =
        context.RequestScratch(static_cast<std::size_t>(cell.sizes_.cells) * kNumLstmGates * sizeof(std::int16_t));
    return cell;
  }

  void Run(const RunContext& run, const Sequence& sequence) const {
    Walk(sequence, pass_.backward, [&](std::int64_t row, std::int64_t batch) {
      auto* state = State<T>(run, inputs_.output_state) + batch * sizes_.outputs;
      Step(run, run.Input<T>(pass_.input) + row * sizes_.inputs, state,
           State<std::int16_t>(run, inputs_.cell_state) + batch * sizes_.cells);
      std::copy_n(state, sizes_.outputs, run.Output<T>(pass_.output) + row * pass_.output_depth + pass_.output_offset);
    });
  }

 private:
  struct Layer {
    QuantizedMultiplier multiplier;
    std::int32_t zero_point = 0, weights_zero_point = 0;
  };

  Status MakeScales(const OpContext& context) {
    const Value& input = context.Input(pass_.input);
    const Value& state = context.Input(inputs_.output_state);
    const Value& cell_state = context.Input(inputs_.cell_state);
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(input));
    TFLD_RETURN_IF_ERROR(context.RequireQuantized(state));
    TFLD_ASSIGN_OR_RETURN(const int cell_scale_log2, CellScaleLog2(context, cell_state, -15));
    tanh_of_cell_ = Sigmoid16(std::ldexp(1.0F, cell_scale_log2), /*greatest_shift=*/3);
    for (std::size_t i = 0; i < kNumLstmGates; ++i) {
      const LstmGateInputs& gate = inputs_.gates[i];
      TFLD_ASSIGN_OR_RETURN(input_layers_[i], MakeLayer(context, input, context.Input(gate.weights)));
      TFLD_ASSIGN_OR_RETURN(state_layers_[i], MakeLayer(context, state, context.Input(gate.recurrent_weights)));
    }
    const auto cell_scale = static_cast<double>(cell_state.scale());
    TFLD_ASSIGN_OR_RETURN(kept_, RequireMultiplier(context, 0x1p-15 * cell_scale / cell_scale));
    TFLD_ASSIGN_OR_RETURN(added_, RequireMultiplier(context, 0x1p-30 / cell_scale));
    TFLD_ASSIGN_OR_RETURN(hidden_, RequireMultiplier(context, 0x1p-30 / static_cast<double>(state.scale())));
    hidden_zero_point_ = state.zero_point();
    const float clip = context.attributes<LstmAttributes>().cell_clip;
    cell_clip_ = static_cast<std::int16_t>(std::min(static_cast<double>(clip) / cell_scale, 32767.0));
    has_clip_ = clip > 0;
    return {};
  }

  static Result<Layer> MakeLayer(const OpContext& context, const Value& values, const Value& weights) {
    Layer layer{.multiplier = {}, .zero_point = values.zero_point(), .weights_zero_point = weights.zero_point()};
    const double real = static_cast<double>(values.scale() * weights.scale()) / 0x1p-12;
    TFLD_ASSIGN_OR_RETURN(layer.multiplier, RequireMultiplier(context, real));
    if (sizeof(T) == 1 || layer.multiplier.shift <= 7) return layer;
    return context.Error(StrCat("the scales' ratio ", real, " is out of range"));
  }

  static std::int16_t Sum(const Layer& layer, const std::int8_t* weights, const T* values, std::int64_t count,
                          Bias bias) {
    auto sum = static_cast<std::make_unsigned_t<Bias>>(bias);  // wraps instead of overflowing
    for (std::int64_t i = 0; i < count; ++i) {
      const Bias weight = weights[i] - layer.weights_zero_point, value = values[i] - layer.zero_point;
      sum += static_cast<std::make_unsigned_t<Bias>>(weight * value);
    }
    return fixed16::Saturate(static_cast<std::int32_t>(Multiply(static_cast<Bias>(sum), layer.multiplier)));
  }

  void ComputeGate(const RunContext& run, LstmGate which, const T* input, const T* state, std::int16_t* gate) const {
    const LstmGateInputs& inputs = inputs_.gates[which];
    const auto* weights = run.Input<std::int8_t>(inputs.weights);
    const auto* recurrent = run.Input<std::int8_t>(inputs.recurrent_weights);
    const auto* bias = run.Input<Bias>(inputs.bias);
    for (std::int64_t i = 0; i < sizes_.cells; ++i) {
      const std::int16_t of_input =
          Sum(input_layers_[which], weights + i * sizes_.inputs, input, sizes_.inputs, bias[i]);
      const std::int16_t of_state =
          Sum(state_layers_[which], recurrent + i * sizes_.outputs, state, sizes_.outputs, Bias{0});
      const std::int16_t sum = fixed16::Saturate(of_input + of_state);
      gate[i] = which == kCellGate ? of_gate_.Tanh(sum) : of_gate_.Logistic(sum);
    }
  }

  void Step(const RunContext& run, const T* input, T* state, std::int16_t* cell_state) const {
    auto* scratch = run.Scratch<std::int16_t>(scratch_);
    const auto gate = [&](LstmGate i) { return scratch + i * static_cast<std::size_t>(sizes_.cells); };
    for (const LstmGate i : {kInputGate, kForgetGate, kCellGate, kOutputGate}) {
      ComputeGate(run, i, input, state, gate(i));
    }
    for (std::int64_t i = 0; i < sizes_.cells; ++i) {
      const std::int16_t kept = fixed16::Saturate(Multiply(gate(kForgetGate)[i] * cell_state[i], kept_));
      const std::int16_t added = fixed16::Saturate(Multiply(gate(kInputGate)[i] * gate(kCellGate)[i], added_));
      std::int32_t sum = fixed16::Saturate(kept + added);
      if (has_clip_) sum = std::max<std::int32_t>(std::min<std::int32_t>(cell_clip_, sum), -cell_clip_);
      cell_state[i] = fixed16::Wrap(sum);
      const std::int32_t product = tanh_of_cell_.Tanh(cell_state[i]) * gate(kOutputGate)[i];
      state[i] = static_cast<T>(AddAndClamp(Multiply(product, hidden_), hidden_zero_point_,
                                            std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    }
  }

  LstmInputs inputs_;
  LstmSizes sizes_;
  Pass pass_;
  std::array<Layer, kNumLstmGates> input_layers_, state_layers_;
  QuantizedMultiplier kept_, added_, hidden_;
  Sigmoid16 of_gate_{0x1p-12F, 0}, tanh_of_cell_{0x1p-12F, 0};
  std::int32_t hidden_zero_point_ = 0;
  std::int16_t cell_clip_ = 0;
  bool has_clip_ = false;
  int scratch_ = 0;
};

}  // namespace tfld::engine::reference
