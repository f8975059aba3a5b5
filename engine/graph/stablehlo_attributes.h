// The options of STABLEHLO_* operators. Names are those of the .tflite options tables; graphs are indices into
// Program::graphs, checked at import.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tfld::engine {

struct StablehloGatherAttributes {
  std::vector<std::int64_t> offset_dims, collapsed_slice_dims, start_index_map, slice_sizes;
  std::int64_t index_vector_dim = 0;
};

struct StablehloScatterAttributes {
  std::vector<std::int64_t> update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims;
  std::int64_t index_vector_dim = 0;
  int update_graph = 0;
};

struct StablehloPadAttributes {
  std::vector<std::int64_t> edge_padding_low, edge_padding_high, interior_padding;
};

// Empty lists stand for all ones (strides, dilations) and all zeros (padding: low and high of each dimension).
struct StablehloReduceWindowAttributes {
  std::vector<std::int64_t> window_dimensions, window_strides, base_dilations, window_dilations, padding;
  int body_graph = 0;
};

struct StablehloCaseAttributes {
  std::vector<std::int32_t> branch_graphs;
};

struct StablehloRngAttributes {
  int algorithm = 0;  // 0 default, 1 Philox, 2 Threefry
};

struct StablehloCompositeAttributes {
  std::string name;
  int decomposition_graph = 0;
};

}  // namespace tfld::engine
