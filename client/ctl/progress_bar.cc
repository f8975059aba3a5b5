#include "client/ctl/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "client/ctl/text.h"
#include "engine/base/str_cat.h"

namespace tfld::ctl {
namespace {

constexpr std::size_t kWidth = 30;
constexpr std::chrono::milliseconds kInterval{50};
constexpr char kClearLine[] = "\r\033[K";

void Write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressBar::ProgressBar(std::string label, std::size_t total, bool enabled)
    : label_(std::move(label)), total_(std::max<std::size_t>(total, 1)), enabled_(enabled && ::isatty(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  if (drawn_) Write(kClearLine);
}

void ProgressBar::Update(std::size_t done) {
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && done < total_) return;
  next_ = now + kInterval;
  const double share = static_cast<double>(std::min(done, total_)) / static_cast<double>(total_);
  const auto full = static_cast<std::size_t>(share * kWidth);
  Show(StrCat(label_, " [", std::string(full, '#'), std::string(kWidth - full, '.'), "] ", BytesText(done), " of ",
              BytesText(total_)));
}

void ProgressBar::Show(std::string_view text) {
  if (!enabled_) return;
  drawn_ = true;
  Write(StrCat(kClearLine, text));
}

}  // namespace tfld::ctl
