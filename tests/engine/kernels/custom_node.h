// CustomNode: a TestNode of a custom operator, with its options as a FlexBuffers map.
//
//   CustomNode node("SignalWindow", {{"shift", 12}});
#pragma once

#include <flatbuffers/flexbuffers.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tests/engine/kernels/kernel_test_util.h"

namespace tfld::engine {

struct CustomOption {
  const char* name;
  std::variant<int, float, bool> value;
};

inline std::vector<std::uint8_t> FlexMap(const std::vector<CustomOption>& options) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    for (const CustomOption& option : options) {
      builder.Key(option.name);
      std::visit([&](auto value) { builder.Add(value); }, option.value);
    }
  });
  builder.Finish();
  return builder.GetBuffer();
}

class CustomNode : public TestNode {
 public:
  explicit CustomNode(const std::string& name, const std::vector<CustomOption>& options = {})
      : CustomNode(name, options.empty() ? std::vector<std::uint8_t>() : FlexMap(options)) {}
  CustomNode(const std::string& name, const std::vector<std::uint8_t>& options)
      : TestNode(OpCode::kCustom), options_(std::make_shared<const std::vector<std::uint8_t>>(options)) {
    graph().nodes[0].custom_name = name;
    graph().nodes[0].custom_options = std::as_bytes(std::span(*options_));
  }

 private:
  std::shared_ptr<const std::vector<std::uint8_t>> options_;
};

}  // namespace tfld::engine
