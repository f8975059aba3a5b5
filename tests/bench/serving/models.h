// The models that the benchmarks serve.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tfld::bench {

// int8, `size` bytes in and out; does nothing but hand them through.
std::vector<std::byte> EchoModel(std::int32_t size);

// int8, takes `size` bytes and gives the first 16: the cost of taking an input alone.
std::vector<std::byte> SinkModel(std::int32_t size);

// A model of the shared directory by its file name, or empty when it is not at hand.
std::vector<std::byte> SharedModel(const std::string& file);

// Version 1 or 2 of the shipped model.
std::vector<std::byte> ShippedModel(int version);

}  // namespace tfld::bench
