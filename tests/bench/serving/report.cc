#include "tests/bench/serving/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tfld::bench {

void Report::Section(const std::string& title) const {
  std::printf("\n%s\n", title.c_str());
  std::fflush(stdout);
}

void Report::Add(const Figure& figure) {
  std::string goal;
  if (figure.goal) {
    char text[64];
    std::snprintf(text, sizeof(text), "%s %.6g  %s", figure.at_most ? "at most" : "at least", *figure.goal,
                  figure.met() ? "met" : "MISSED");
    goal = text;
  }
  std::printf("  %-44s %12.6g %-6s %-28s %s\n", figure.name.c_str(), figure.value, figure.unit.c_str(), goal.c_str(),
              figure.baseline.c_str());
  std::fflush(stdout);
  figures_.push_back(figure);
}

bool Report::WriteJson(const std::string& path) const {
  nlohmann::json figures = nlohmann::json::array();
  for (const Figure& figure : figures_) {
    nlohmann::json entry = {
        {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"baseline", figure.baseline}};
    if (figure.goal) {
      entry["goal"] = *figure.goal;
      entry["met"] = figure.met();
    }
    figures.push_back(std::move(entry));
  }
  std::ofstream file(path);
  file << nlohmann::json{{"figures", std::move(figures)}}.dump(1) << '\n';
  return file.good();
}

bool Report::all_met() const {
  return std::ranges::all_of(figures_, [](const Figure& figure) { return figure.met(); });
}

}  // namespace tfld::bench
