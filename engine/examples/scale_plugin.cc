// A plugin with one custom operator, ExampleScale: y = factor * x in float32.
//
// The model gives the factor as its custom options, four bytes of a little-endian float. Built as a shared library, it
// teaches a daemon the operator when the daemon's configuration names it:
//
//   plugins = ["/usr/lib/tfld/plugins/scale_plugin.so"]
//
// A program that embeds the engine calls RegisterKernel with the same description instead.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "tfld/custom_operator.h"

namespace {

using tfld::Result;
using tfld::Status;
using tfld::engine::CustomBuffers;
using tfld::engine::CustomKernel;
using tfld::engine::CustomNode;
using tfld::engine::ElementType;
using tfld::engine::Shape;

Result<std::vector<Shape>> Infer(const CustomNode& node) { return std::vector<Shape>{node.inputs[0].shape}; }

Result<CustomKernel> Prepare(const CustomNode& node) {
  if (node.inputs[0].type != ElementType::kFloat32 || node.outputs[0].type != ElementType::kFloat32) {
    return tfld::Unimplemented("input and output must be float32");
  }
  float factor = 0.0F;
  if (node.options.size() != sizeof(factor)) return tfld::InvalidArgument("the options are not the 4 bytes of a float");
  std::memcpy(&factor, node.options.data(), sizeof(factor));
  if (!std::isfinite(factor)) return tfld::InvalidArgument("the factor is not finite");
  const std::int64_t count = node.inputs[0].shape.NumElements();
  return CustomKernel([factor, count](const CustomBuffers& buffers) -> Status {
    const auto* x = buffers.Input<float>(0);
    auto* y = buffers.Output<float>(0);
    for (std::int64_t i = 0; i < count; ++i) y[i] = factor * x[i];
    return {};
  });
}

}  // namespace

TFLD_PLUGIN(registry) {
  tfld::engine::CustomOperator scale;
  scale.name = "ExampleScale";
  scale.infer = Infer;
  scale.prepare = Prepare;
  return registry.Register(std::move(scale));
}
