// What the protocol's parameters hold, however a client sent it.
#pragma once

#include <cstdint>
#include <optional>

namespace inference {
class InferParameter;
}

namespace tfld::daemon {

// A whole number, sent as int64 or uint64; nothing for another type or a number over the range of int64.
std::optional<std::int64_t> WholeNumber(const inference::InferParameter& parameter);

}  // namespace tfld::daemon
