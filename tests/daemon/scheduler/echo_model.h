// A model whose outputs are its inputs, flat: for tests that care about the way of tensors, not about inference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/scheduler/model_instance.h"
#include "engine/tensor/element_type.h"

namespace tfld::test {

struct EchoTensor {
  engine::ElementType type = engine::ElementType::kFloat32;
  std::vector<std::int32_t> shape;  // the input's; the output has the same elements in one dimension
};

// Inputs are called "in0", "in1" and so on, outputs "out0", "out1".
std::vector<std::byte> EchoModel(const std::vector<EchoTensor>& tensors);

// Ready to run on executors that use one thread each. Aborts when the engine refuses it.
std::shared_ptr<daemon::ModelInstance> EchoInstance(const std::vector<EchoTensor>& tensors, int slots,
                                                    const daemon::InstanceOptions& options = {});

}  // namespace tfld::test
