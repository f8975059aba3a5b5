#include "engine/tools/explanation_output.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/base/str_cat.h"
#include "engine/tools/table.h"

namespace tfld::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShown = 10;

std::string Number(double value) { return StrCat(static_cast<float>(value)); }

std::vector<std::int64_t> PlaceOf(const TraceDifference& difference) {
  std::vector<std::int64_t> place(static_cast<std::size_t>(difference.shape.rank()));
  std::int64_t rest = difference.comparison.place;
  for (std::size_t i = place.size(); i-- > 0;) {
    const std::int64_t dim = difference.shape.dim(static_cast<int>(i));
    place[i] = rest % dim;
    rest /= dim;
  }
  return place;
}

// "[0, 3, 4]: -12, expected -11"
std::string PlaceText(const TraceDifference& difference) {
  if (!difference.problem.empty()) return difference.problem;
  if (difference.comparison.place < 0) return "";
  std::string place;
  for (const std::int64_t index : PlaceOf(difference)) place += StrCat(place.empty() ? "" : ", ", index);
  return StrCat("[", place, "]: ", Number(difference.comparison.actual), ", expected ",
                Number(difference.comparison.expected));
}

std::string NodeText(const TraceDifference& difference) {
  return difference.source == 0 ? StrCat(difference.node) : StrCat(difference.source, ":", difference.node);
}

Json ToJson(const NodeDifference& node) {
  const TraceDifference& alone = node.alone;
  Json json = {{"graph", alone.source},
               {"node", alone.node},
               {"operator", node.op},
               {"kernel", alone.kernel},
               {"tensor", alone.value},
               {"dtype", ElementTypeName(alone.type)},
               {"allowed", node.allowed},
               {"max_abs_diff", alone.comparison.max_abs_diff},
               {"within", node.within()},
               {"drift", node.drift},
               {"differing", alone.comparison.differing},
               {"elements", alone.comparison.elements}};
  if (!alone.problem.empty()) json["problem"] = alone.problem;
  if (alone.comparison.place >= 0) {
    json["place"] = PlaceOf(alone);
    json["actual"] = alone.comparison.actual;
    json["expected"] = alone.comparison.expected;
  }
  return json;
}

void PrintVerdict(const Explanation& explanation, std::string_view indent) {
  std::cout << indent << "node by node beside " << explanation.against << ": ";
  if (const NodeDifference* first = explanation.FirstOut()) {
    std::cout << "the first that is out of tolerance is node " << NodeText(first->alone) << " (" << Printable(first->op)
              << ", " << first->alone.kernel << "), " << PlaceText(first->alone);
  } else if (explanation.Worst().empty()) {
    std::cout << "all " << explanation.nodes.size() << " nodes agree, so what is wrong is common to both";
  } else {
    std::cout << "all " << explanation.nodes.size()
              << " nodes are within tolerance on the same inputs; what differs adds up along the way";
  }
  std::cout << '\n';
  if (explanation.parted) std::cout << indent << "the runs part after these nodes, and are compared up to there\n";
}

}  // namespace

void PrintExplanation(const Explanation& explanation, std::string_view indent) {
  PrintVerdict(explanation, indent);
  const auto worst = explanation.Worst();
  if (worst.empty()) return;
  Table table({">node", "operator", "kernel", "type", ">alone", ">allowed", ">differ", ">drift", "greatest at"});
  for (std::size_t i = 0; i < std::min(worst.size(), kShown); ++i) {
    const TraceDifference& alone = worst[i]->alone;
    table.AddRow({NodeText(alone), worst[i]->op, alone.kernel, std::string(ElementTypeName(alone.type)),
                  Number(alone.comparison.max_abs_diff), Number(worst[i]->allowed),
                  StrCat(alone.comparison.differing, "/", alone.comparison.elements), Number(worst[i]->drift),
                  PlaceText(alone)});
  }
  table.Print(std::cout, indent);
  if (worst.size() > kShown) std::cout << indent << "and " << worst.size() - kShown << " more nodes that differ\n";
}

Json ToJson(const Explanation& explanation) {
  Json json = {{"against", explanation.against}, {"first", nullptr}, {"nodes", Json::array()}};
  if (const NodeDifference* first = explanation.FirstOut()) json["first"] = ToJson(*first);
  for (const NodeDifference* node : explanation.Worst()) json["nodes"].push_back(ToJson(*node));
  if (explanation.parted) json["parted"] = true;
  return json;
}

}  // namespace tfld::engine
