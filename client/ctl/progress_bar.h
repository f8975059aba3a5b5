// A progress bar on a terminal; nothing anywhere else.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace tfld::ctl {

// Draws on standard error, so that standard output stays clean. Clears its line when it is destroyed.
class ProgressBar {
 public:
  ProgressBar(std::string label, std::size_t total, bool enabled);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // At most twenty times a second, and at the end.
  void Update(std::size_t done);
  // Puts a line of text in the place of the bar.
  void Show(std::string_view text);

 private:
  const std::string label_;
  const std::size_t total_;
  const bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace tfld::ctl
