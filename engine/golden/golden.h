// Golden: inputs of a model and the outputs that are right for them, step by step, as golden.json and .npy files.
//
// A golden may come with a package from outside: its files stay inside of its directory, and all sizes are bounded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/golden/tolerance.h"
#include "engine/tensor/element_type.h"
#include "engine/tensor/shape.h"

namespace tfld::engine {

struct GoldenTensor {
  std::string name;      // of the tensor
  std::string sig_name;  // in the signature; may be empty
  ElementType type = ElementType::kFloat32;
  Shape shape;
  std::string file;                    // relative to the directory; empty for strings
  std::vector<std::byte> data;         // what the file holds, of this type and shape; of strings, the string tensor
  std::optional<double> kernels_diff;  // how far LiteRT's default kernels are from `data`: default_kernels.max_abs_diff
};

struct GoldenStep {
  std::string signature;  // empty: the main graph, tensors in the model's order
  std::vector<GoldenTensor> inputs;
  std::vector<GoldenTensor> outputs;
};

struct Golden {
  std::string directory;
  std::string model;                          // the model's file name; "model.tflite" unless the golden names it
  bool by_default_kernels = false;            // made by LiteRT's optimized kernels, where its reference has none
  std::vector<std::string> operators;         // of a case of one or a few operators; empty for a whole model
  std::vector<std::string> tags;              // "int8", "dynamic_range", "stateful" ...
  std::optional<double> kernel_max_abs_diff;  // how far LiteRT's other kernels are from its reference, the greatest
  std::optional<GivenTolerance> tolerance;    // what the golden itself allows
  std::vector<GoldenStep> steps;              // run one after the other in one session, at least one

  bool HasTag(std::string_view tag) const;
};

struct GoldenLimits {
  std::size_t max_json_bytes = std::size_t{16} << 20;
  std::size_t max_total_bytes = std::size_t{256} << 20;  // of all tensors together
  std::size_t max_steps = 10'000;
};

// Reads DIRECTORY/golden.json and the files that it names. NOT_FOUND when there is none; INVALID_ARGUMENT names the
// step, the tensor and the reason; RESOURCE_EXHAUSTED the limit.
Result<Golden> LoadGolden(const std::string& directory, const GoldenLimits& limits = {});

}  // namespace tfld::engine
