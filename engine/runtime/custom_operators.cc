// RegisterKernel: what the public header says of custom operators, in the words of the kernels' room.
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/str_cat.h"
#include "engine/kernels/registered_operators.h"
#include "tfld/custom_operator.h"

namespace tfld::engine {
namespace {

CustomTensor Describe(const Value& value) {
  return {.is_present = true,
          .type = value.type,
          .shape = value.shape,
          .quantization = value.quantization.get(),
          .data = value.is_constant ? value.data : std::span<const std::byte>()};
}

// The node as the operator's functions see it.
class NodeView {
 public:
  explicit NodeView(const OpContext& context) {
    for (int i = 0; i < context.num_inputs(); ++i) {
      inputs_.push_back(context.HasInput(i) ? Describe(context.Input(i)) : CustomTensor{});
    }
    for (int i = 0; i < context.num_outputs(); ++i) outputs_.push_back(Describe(context.Output(i)));
    node_ = {.name = context.node().custom_name,
             .version = context.node().version,
             .inputs = inputs_,
             .outputs = outputs_,
             .options = context.node().custom_options};
  }
  NodeView(const NodeView&) = delete;
  NodeView& operator=(const NodeView&) = delete;

  const CustomNode& node() const { return node_; }

 private:
  std::vector<CustomTensor> inputs_;
  std::vector<CustomTensor> outputs_;
  CustomNode node_;
};

Status AtNode(const OpContext& context, const Status& status) {
  return status.code() == StatusCode::kUnimplemented ? context.Unsupported(status.message())
                                                     : context.Error(status.message());
}

// The tables of pointers of one session, so that a run allocates nothing.
class PointerTables final : public KernelState {
 public:
  PointerTables(std::size_t inputs, std::size_t outputs) : inputs_(inputs), outputs_(outputs) {}

  CustomBuffers Fill(const RunContext& run) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i] = run.Input<void>(static_cast<int>(i));
    for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i] = run.Output<void>(static_cast<int>(i));
    return {inputs_, outputs_};
  }

 private:
  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
};

class CustomKernelRunner final : public Kernel {
 public:
  CustomKernelRunner(std::string name, CustomKernel kernel, int inputs, int outputs)
      : name_(std::move(name)),
        kernel_(std::move(kernel)),
        inputs_(static_cast<std::size_t>(inputs)),
        outputs_(static_cast<std::size_t>(outputs)) {}

  std::string_view name() const override { return name_; }
  Result<std::unique_ptr<KernelState>> NewState() const override {
    return std::unique_ptr<KernelState>(std::make_unique<PointerTables>(inputs_, outputs_));
  }
  Status Run(const RunContext& run) const override {
    return kernel_(static_cast<PointerTables*>(run.state)->Fill(run));
  }

 private:
  std::string name_;
  CustomKernel kernel_;
  std::size_t inputs_;
  std::size_t outputs_;
};

class AdaptedOperator final : public RegisteredOperator {
 public:
  explicit AdaptedOperator(CustomOperator custom)
      : RegisteredOperator(custom.name, custom.max_version,
                           {custom.min_inputs, custom.max_inputs, custom.min_outputs, custom.max_outputs}),
        custom_(std::move(custom)) {}

  Status Infer(InferContext& context) const override {
    const NodeView view(context);
    const auto shapes = custom_.infer(view.node());
    if (!shapes.ok()) return AtNode(context, shapes.status());
    if (static_cast<int>(shapes->size()) != context.num_outputs()) {
      return context.Error(
          StrCat("its shape rule gives ", shapes->size(), " shapes for ", context.num_outputs(), " outputs"));
    }
    for (int i = 0; i < context.num_outputs(); ++i) {
      TFLD_RETURN_IF_ERROR(context.SetOutputShape(i, (*shapes)[static_cast<std::size_t>(i)]));
    }
    return {};
  }

  Status Prepare(PrepareContext& context) const override {
    const NodeView view(context);
    auto kernel = custom_.prepare(view.node());
    if (!kernel.ok()) return AtNode(context, kernel.status());
    if (*kernel == nullptr) return context.Error("its preparation gives no function");
    context.Emit(std::make_unique<CustomKernelRunner>("custom." + custom_.name, std::move(kernel).value(),
                                                      context.num_inputs(), context.num_outputs()));
    return {};
  }

 private:
  CustomOperator custom_;
};

}  // namespace

Status RegisterKernel(CustomOperator custom) {
  if (custom.name.empty()) return InvalidArgument("a custom operator needs a name");
  if (!custom.infer || !custom.prepare) {
    return InvalidArgument(StrCat("custom operator ", custom.name, " needs both a shape rule and a preparation"));
  }
  if (custom.max_version < 1 || custom.min_inputs < 0 || custom.max_inputs < custom.min_inputs ||
      custom.min_outputs < 0 || custom.max_outputs < custom.min_outputs) {
    return InvalidArgument(StrCat("custom operator ", custom.name, ": no node can have what it asks for"));
  }
  return AddOperator(std::make_unique<AdaptedOperator>(std::move(custom)));
}

}  // namespace tfld::engine
