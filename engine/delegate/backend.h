// Backend: which chain of delegates and kernels an executable is built from.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tfld::engine {

enum class Backend : std::uint8_t {
  kReference,  // portable kernels only; integers equal TensorFlow Lite's reference kernels bit for bit
  kCpu,        // the fastest on this processor: our SIMD kernels and XNNPACK, portable kernels for the rest
};

std::string_view BackendName(Backend backend);  // "reference", "cpu"
std::optional<Backend> BackendFromName(std::string_view name);

}  // namespace tfld::engine
