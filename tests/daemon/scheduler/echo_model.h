// Small models for tests that care about the way of tensors, not about inference: one whose outputs are its inputs,
// flat, and two for batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/scheduler/model_instance.h"
#include "engine/tensor/element_type.h"
#include "tfld/engine.h"

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

// One input of int32 {1} called "index", one output of float32 {1, 1} called "value": ten times the index, which is
// below kLookUpSize; a run with another one fails. Rows do not know of each other.
inline constexpr std::int32_t kLookUpSize = 100;
std::vector<std::byte> LookUpModel();

// int8 {1, size} called "in" to its first 16 elements, called "out": an input that others may change during a run.
std::vector<std::byte> HeadModel(std::int32_t size);

// float32 {1, 4} called "x" to the same shape called "sum", where each row has those before it added.
std::vector<std::byte> RunningSumModel();

std::shared_ptr<daemon::ModelInstance> InstanceOf(const std::vector<std::byte>& model, int slots,
                                                  const daemon::InstanceOptions& options = {},
                                                  engine::Backend backend = engine::Backend::kReference);

}  // namespace tfld::test
