#include "engine/plan/text_mover.h"

#include <algorithm>
#include <string_view>

#include "engine/tensor/string_tensor.h"

namespace tfld::engine {
namespace {

bool MovesElements(OpCode op) {
  switch (op) {
    case OpCode::kBroadcastTo:
    case OpCode::kConcatenation:
    case OpCode::kDynamicUpdateSlice:
    case OpCode::kExpandDims:
    case OpCode::kFill:
    case OpCode::kGather:
    case OpCode::kGatherNd:
    case OpCode::kHashtableLookup:
    case OpCode::kPack:
    case OpCode::kPad:
    case OpCode::kReshape:
    case OpCode::kReverseV2:
    case OpCode::kSelect:
    case OpCode::kSelectV2:
    case OpCode::kSlice:
    case OpCode::kSplit:
    case OpCode::kSplitV:
    case OpCode::kSqueeze:
    case OpCode::kStridedSlice:
    case OpCode::kTile:
    case OpCode::kTranspose:
    case OpCode::kUnpack: return true;
    default: return false;
  }
}

}  // namespace

bool TextMover::IsNeededFor(const Node& node, const Graph& graph) {
  const auto is_text = [&](ValueId id) { return id != kNoValue && graph.value(id).type == ElementType::kString; };
  return MovesElements(node.op) &&
         (std::ranges::any_of(node.inputs, is_text) || std::ranges::any_of(node.outputs, is_text));
}

TextMover::TextMover(Graph& alone) {
  const Node& node = alone.nodes[0];
  const auto take = [&](const std::vector<ValueId>& ids, std::vector<bool>& is_text) {
    for (const ValueId id : ids) {
      is_text.push_back(id != kNoValue && alone.value(id).type == ElementType::kString);
      if (!is_text.back()) continue;
      alone.value(id).type = ElementType::kInt32;
      alone.value(id).is_constant = false;  // its elements are numbers that only the run gives it
      alone.value(id).data = {};
    }
  };
  take(node.inputs, is_text_input_);
  take(node.outputs, is_text_output_);
  input_numbers_.resize(node.inputs.size());
  output_numbers_.resize(node.outputs.size());
}

void* TextMover::Number(std::size_t input, const std::byte* strings) {
  const StringReader reader(strings);
  std::vector<std::int32_t>& numbers = input_numbers_[input];
  numbers.clear();
  for (std::size_t i = 0; i < reader.size(); ++i) {
    strings_.push_back(reader[i]);
    numbers.push_back(static_cast<std::int32_t>(strings_.size()));
  }
  return numbers.data();
}

void* TextMover::Reserve(std::size_t output, std::int64_t count) {
  output_numbers_[output].assign(static_cast<std::size_t>(count), 0);
  return output_numbers_[output].data();
}

Status TextMover::Write(std::size_t output, OutputResizer& resizer) const {
  const std::vector<std::int32_t>& numbers = output_numbers_[output];
  std::vector<std::string_view> texts(numbers.size());
  std::ranges::transform(numbers, texts.begin(), [&](std::int32_t number) {
    const bool exists = number > 0 && static_cast<std::size_t>(number) <= strings_.size();
    return exists ? strings_[static_cast<std::size_t>(number) - 1] : std::string_view();
  });
  TFLD_ASSIGN_OR_RETURN(std::byte* const memory, resizer.Resize(static_cast<int>(output), StringTensorBytes(texts)));
  WriteStrings(texts, memory);
  return {};
}

}  // namespace tfld::engine
