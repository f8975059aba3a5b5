// Report: the figures of a benchmark, as a table for people and as JSON for scripts.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tfld::bench {

struct Figure {
  std::string name;  // "channel_overhead_p50_us"
  double value = 0;
  std::string unit;
  std::string baseline;          // what it stands beside: "Session::Run 45.1 us"
  std::optional<double> goal{};  // none: for information
  bool at_most = true;           // the goal is an upper bound; a lower one otherwise

  bool met() const { return !goal || (at_most ? value <= *goal : value >= *goal); }
};

class Report {
 public:
  // Prints the figure's line as well, so that a long run shows what it has.
  void Add(const Figure& figure);
  // A heading, and what is measured in a sentence.
  void Section(const std::string& title) const;
  // {"figures": [...]}; false when the file cannot be written.
  bool WriteJson(const std::string& path) const;
  bool all_met() const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace tfld::bench
