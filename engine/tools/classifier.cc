#include "engine/tools/classifier.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>

#include "engine/golden/read_file.h"

namespace tfld::engine {
namespace {

constexpr std::size_t kMaxLabelBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxClasses = 1 << 20;

const Node* ProducerOf(const Graph& graph, ValueId value) {
  for (const Node& node : graph.nodes) {
    if (std::ranges::find(node.outputs, value) != node.outputs.end()) return &node;
  }
  return nullptr;
}

void AddLabel(std::string_view line, std::vector<std::string>& labels) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::size_t index = labels.size();
  const auto number = std::from_chars(line.data(), line.data() + line.size(), index);
  const auto digits = static_cast<std::size_t>(number.ptr - line.data());
  const bool numbered = number.ec == std::errc() && digits < line.size() && line[digits] == ' ' && index < kMaxClasses;
  if (numbered) line.remove_prefix(std::min(line.find_first_not_of(' ', digits), line.size()));
  if (!numbered) index = labels.size();
  if (index >= labels.size()) labels.resize(index + 1);
  labels[index] = line;
}

}  // namespace

std::vector<RankedClass> BestClasses(std::span<const double> scores, std::size_t count) {
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [scores](int a, int b) {
    return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
  });
  order.resize(std::min(order.size(), count));
  std::vector<RankedClass> best;
  for (const int index : order) best.push_back({index, scores[static_cast<std::size_t>(index)]});
  return best;
}

bool IsClassifierOutput(const Graph& graph, ValueId output) {
  const Shape& shape = graph.value(output).shape;
  if (shape.rank() == 0 || shape.dim(shape.rank() - 1) < 2 || shape.NumElements() != shape.dim(shape.rank() - 1))
    return false;
  const Node* node = ProducerOf(graph, output);
  while (node != nullptr && (node->op == OpCode::kReshape || node->op == OpCode::kQuantize ||
                             node->op == OpCode::kDequantize || node->op == OpCode::kSqueeze)) {
    node = ProducerOf(graph, node->inputs[0]);
  }
  return node != nullptr && (node->op == OpCode::kSoftmax || node->op == OpCode::kLogistic);
}

Result<std::vector<std::string>> ReadLabels(const std::string& path) {
  TFLD_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, ReadFile(path, kMaxLabelBytes));
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::string> labels;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    AddLabel(text.substr(0, end), labels);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return labels;
}

}  // namespace tfld::engine
