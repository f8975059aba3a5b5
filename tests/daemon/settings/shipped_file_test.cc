// config/tfld.toml tells the truth: it names every option, and what it shows as the default is the default.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/settings/load_settings.h"
#include "daemon/settings/option_table.h"

namespace tfld::daemon {
namespace {

std::string ShippedFile() {
  const char* source = std::getenv("TFLD_SOURCE_DIR");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/config/tfld.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// An option is behind '#' alone; prose behind '# '.
std::string Uncommented(const std::string& text) {
  std::istringstream lines(text);
  std::string out, line;
  while (std::getline(lines, line)) {
    const bool option = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    out += (option ? line.substr(1) : line) + "\n";
  }
  return out;
}

TEST(ShippedFile, AsItIsChangesNothing) {
  const auto settings = ParseSettings(ShippedFile(), "config/tfld.toml");
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(*settings, Settings());
}

TEST(ShippedFile, WithEveryOptionUncommentedItGivesTheDefaults) {
  // Everything is something else before, so that an option which is missing, or has another value, shows.
  Settings other;
  for (const Option& option : AllOptions()) {
    if (const auto* integer = std::get_if<IntegerOption>(&option.kind)) integer->set(other, integer->max);
    if (const auto* real = std::get_if<RealOption>(&option.kind)) real->set(other, real->min);
  }
  other.state_dir = other.runtime_dir = "/elsewhere";
  other.log = {LogLevel::kError, LogFormat::kJson};
  other.inference.preemption = other.channel.enabled = false;
  other.service.memory_lock = true;
  other.inference.affinity = {"7"};
  other.limits.max_priority = Priority::kBackground;
  other.plugins = {"/elsewhere.so"};
  other.metrics.tcp_listen = "127.0.0.1:1";
  const auto settings = ParseSettings(Uncommented(ShippedFile()), "config/tfld.toml", other);
  ASSERT_TRUE(settings.ok()) << settings.status().ToString();
  EXPECT_EQ(*settings, Settings());
}

}  // namespace
}  // namespace tfld::daemon
