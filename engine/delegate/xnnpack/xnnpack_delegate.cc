#include "engine/delegate/xnnpack/xnnpack_delegate.h"

#include "engine/delegate/xnnpack/library.h"
#include "engine/delegate/xnnpack/operators.h"

namespace tfld::engine {
namespace {

using namespace xnnpack;

struct Entry {
  OpCode code;
  PrepareOperator prepare;
};

constexpr Entry kOperators[] = {
    {OpCode::kConv2d, PrepareConv2d},
    {OpCode::kDepthwiseConv2d, PrepareDepthwiseConv2d},
    {OpCode::kFullyConnected, PrepareFullyConnected},
    {OpCode::kAdd, PrepareAdd},
    {OpCode::kSub, PrepareSub},
    {OpCode::kMul, PrepareMul},
    {OpCode::kMaximum, PrepareMaximum},
    {OpCode::kMinimum, PrepareMinimum},
    {OpCode::kPrelu, PreparePrelu},
    {OpCode::kRelu, PrepareRelu},
    {OpCode::kReluN1To1, PrepareReluN1To1},
    {OpCode::kRelu6, PrepareRelu6},
    {OpCode::kLogistic, PrepareLogistic},
    {OpCode::kTanh, PrepareTanh},
    {OpCode::kLeakyRelu, PrepareLeakyRelu},
    {OpCode::kHardSwish, PrepareHardSwish},
    {OpCode::kQuantize, PrepareConvert},
    {OpCode::kDequantize, PrepareConvert},
    {OpCode::kMaxPool2d, PrepareMaxPool2d},
    {OpCode::kAveragePool2d, PrepareAveragePool2d},
    {OpCode::kMean, PrepareMean},
    {OpCode::kSoftmax, PrepareSoftmax},
    {OpCode::kResizeBilinear, PrepareResizeBilinear},
    {OpCode::kTranspose, PrepareTranspose},
    {OpCode::kPad, PreparePad},
};

PrepareOperator Find(OpCode code) {
  for (const Entry& entry : kOperators) {
    if (entry.code == code) return entry.prepare;
  }
  return nullptr;
}

bool IsWithinLimits(const Value& value) {
  return value.shape.rank() <= XNN_MAX_TENSOR_DIMS && value.shape.NumElements() > 0;
}

bool IsWithinLimits(const OpContext& context) {
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (context.HasInput(i) && !IsWithinLimits(context.Input(i))) return false;
  }
  for (int i = 0; i < context.num_outputs(); ++i) {
    if (!IsWithinLimits(context.Output(i))) return false;
  }
  return true;
}

class XnnpackDelegate final : public Delegate {
 public:
  std::string_view name() const override { return "xnnpack"; }

  Status Prepare(PrepareContext& context) override {
    const PrepareOperator prepare = Find(context.node().op);
    if (prepare == nullptr || !IsWithinLimits(context) || !Initialize().ok()) return {};
    return prepare(context);
  }
};

}  // namespace

std::unique_ptr<Delegate> NewXnnpackDelegate() { return std::make_unique<XnnpackDelegate>(); }

}  // namespace tfld::engine
