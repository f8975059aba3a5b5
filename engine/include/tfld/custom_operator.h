// Custom operators: how an embedder, or a plugin of the daemon, teaches the engine an operator of its own.
//
//   tfld::engine::CustomOperator scale;
//   scale.name = "AcmeScale";                          // the custom_code in the model
//   scale.infer = [](const CustomNode& node) -> Result<std::vector<Shape>> { return std::vector{node.inputs[0].shape};
//   }; scale.prepare = [](const CustomNode& node) -> Result<CustomKernel> {
//     const float factor = ReadFactor(node.options);   // checked here, once, when the model is loaded
//     const std::int64_t count = node.inputs[0].shape.NumElements();
//     return CustomKernel([=](const CustomBuffers& buffers) -> Status {
//       const float* x = buffers.Input<float>(0);
//       for (std::int64_t i = 0; i < count; ++i) buffers.Output<float>(0)[i] = factor * x[i];
//       return {};
//     });
//   };
//   Status status = RegisterKernel(std::move(scale));  // before the models that use it are loaded
//
// A plugin is a shared library that exports `tfld_register_kernels` (below) and is named in the daemon's configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/status.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/quantization.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

// What is known of a tensor while its node is planned.
struct CustomTensor {
  bool is_present = false;  // false: an optional input that the model leaves out
  ElementType type = ElementType::kFloat32;
  Shape shape;                                 // of an output: only while `prepare` is called
  const Quantization* quantization = nullptr;  // empty() when there is none
  std::span<const std::byte> data;             // of a constant, dense, in C order; empty otherwise
};

// A node of a model. Valid only during the call that it is passed to.
struct CustomNode {
  std::string_view name;
  int version = 1;
  std::span<const CustomTensor> inputs;
  std::span<const CustomTensor> outputs;
  std::span<const std::byte> options;  // custom_options as they stand in the model, unchecked
};

// The memory of one run: dense, in C order, 64-byte aligned but for constants; null for an absent input.
struct CustomBuffers {
  std::span<const void* const> inputs;
  std::span<void* const> outputs;

  template <typename T>
  const T* Input(std::size_t index) const {
    return static_cast<const T*>(inputs[index]);
  }
  template <typename T>
  T* Output(std::size_t index) const {
    return static_cast<T*>(outputs[index]);
  }
};

// Computes all outputs from the inputs. Fails only for reasons that lie in the data. Thread rule: called from many
// threads at once, each with its own buffers; it must not change what it has captured, and should not allocate.
using CustomKernel = std::function<Status(const CustomBuffers&)>;

struct CustomOperator {
  std::string name;     // custom_code in the model
  int max_version = 1;  // newer versions are refused
  // How many inputs and outputs a node may have. The first `min_inputs` must be present.
  int min_inputs = 1, max_inputs = 1;
  int min_outputs = 1, max_outputs = 1;

  // The shapes of the outputs. INVALID_ARGUMENT for a node that is wrong, UNIMPLEMENTED for one that is not supported
  // in this form; the caller adds the node's name. Called when a model is loaded and when its inputs are resized.
  std::function<Result<std::vector<Shape>>(const CustomNode&)> infer;
  // Checks types and options and gives the function that computes.
  std::function<Result<CustomKernel>(const CustomNode&)> prepare;
};

// Makes the operator known to every model that is loaded from now on, for the rest of the process's life.
// INVALID_ARGUMENT when it is incomplete; ALREADY_EXISTS when there is one of this name, also one of the engine's own.
// Thread-safe.
Status RegisterKernel(CustomOperator custom);

// What a plugin gets to register its operators with; RegisterKernel behind a table, so that a plugin links nothing of
// the daemon.
class KernelRegistry {
 public:
  virtual ~KernelRegistry() = default;
  virtual Status Register(CustomOperator custom) = 0;
};

// Changes when anything above does. A plugin says which it was built with, and one of another is not loaded.
inline constexpr int kPluginInterface = 1;

}  // namespace tfld::engine

// A plugin defines both by TFLD_PLUGIN(registry) { ... return status; }
#define TFLD_PLUGIN(registry)                                                          \
  extern "C" __attribute__((visibility("default"))) const int tfld_plugin_interface =  \
      ::tfld::engine::kPluginInterface;                                                \
  static ::tfld::Status TfldRegisterKernels(::tfld::engine::KernelRegistry& registry); \
  extern "C" __attribute__((visibility("default"))) void tfld_register_kernels(        \
      ::tfld::engine::KernelRegistry* registry_, ::tfld::Status* status_) {            \
    *status_ = TfldRegisterKernels(*registry_);                                        \
  }                                                                                    \
  static ::tfld::Status TfldRegisterKernels(::tfld::engine::KernelRegistry& registry)
