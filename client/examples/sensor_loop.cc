// A sensor process in C++: streams windows of vibration through the bearing_fault model, and says what it hears.
//
//   sensor_loop [--runtime-dir DIR] [--model NAME] [--samples DIR] [--count N] [--interval-us US] [--check] [--quiet]
//
// --count 0 goes on until SIGINT or SIGTERM. --check compares each answer with the one that samples.json has for the
// version that gave it. The last line counts what happened; the exit status is 0 if no request failed and no answer was
// wrong.
#include <tfld/client.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bearing_samples.h"

namespace {

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t stop_requested = 0;

struct Options {
  std::string runtime_dir;
  std::string model = "bearing_fault";
  std::string samples_dir;
  long count = 20;
  long interval_us = 100000;
  bool check = false;
  bool quiet = false;
};

struct Counts {
  long requests = 0, failed = 0, wrong = 0;
  std::map<std::uint64_t, long> by_version;
  std::vector<float> latencies_us;
};

bool ParseOptions(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--check" || name == "--quiet") {
      (name == "--check" ? options.check : options.quiet) = true;
      continue;
    }
    if (++i == argc) return false;
    if (name == "--runtime-dir") {
      options.runtime_dir = argv[i];
    } else if (name == "--model") {
      options.model = argv[i];
    } else if (name == "--samples") {
      options.samples_dir = argv[i];
    } else if (name == "--count") {
      options.count = std::atol(argv[i]);
    } else if (name == "--interval-us") {
      options.interval_us = std::atol(argv[i]);
    } else {
      return false;
    }
  }
  return !options.check || !options.samples_dir.empty();
}

// One window: fill the input, infer, look at the scores.
void Listen(const bearing_sample& sample, const Options& options, tfld::Binding& binding, Counts& counts) {
  auto window = binding.Input<std::int8_t>(0);
  if (!window.ok() || window->size() != BEARING_WINDOW) {
    std::fprintf(stderr, "sensor_loop: %s does not take windows of %d int8\n", options.model.c_str(), BEARING_WINDOW);
    std::exit(1);
  }
  std::copy(std::begin(sample.window), std::end(sample.window), window->begin());

  const Clock::time_point start = Clock::now();
  const tfld::Status status = binding.Infer({.timeout = std::chrono::seconds(2)});
  const std::chrono::duration<float, std::micro> latency = Clock::now() - start;
  ++counts.requests;
  const auto scores = binding.Output<std::int8_t>(0);
  if (!status.ok() || !scores.ok()) {
    ++counts.failed;
    std::fprintf(stderr, "sensor_loop: %s\n", (status.ok() ? scores.status() : status).ToString().c_str());
    return;
  }
  const int found = bearing_argmax(scores->data(), scores->size());
  const std::uint64_t version = binding.version();
  ++counts.by_version[version];
  counts.latencies_us.push_back(latency.count());
  if (!options.quiet) {
    const char* name = found < BEARING_CLASSES ? bearing_class_names[found] : "?";
    std::printf("%-10s score %4d  version %llu  %.0f us\n", name, (*scores)[static_cast<std::size_t>(found)],
                static_cast<unsigned long long>(version), static_cast<double>(latency.count()));
  }
  if (!options.check) return;
  const int expected = version < BEARING_MAX_VERSIONS ? sample.expected[version] : -1;
  if (found == expected) return;
  ++counts.wrong;
  std::fprintf(stderr, "sensor_loop: version %llu answered %d, expected %d\n", static_cast<unsigned long long>(version),
               found, expected);
}

float Percentile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

void PrintCounts(Counts& counts) {
  std::string versions;
  for (const auto& [version, count] : counts.by_version) {
    versions += " v" + std::to_string(version) + "=" + std::to_string(count);
  }
  const double p50 = Percentile(counts.latencies_us, 0.50);
  const double p99 = Percentile(counts.latencies_us, 0.99);
  std::printf("requests=%ld failed=%ld wrong=%ld%s p50_us=%.0f p99_us=%.0f\n", counts.requests, counts.failed,
              counts.wrong, versions.c_str(), p50, p99);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseOptions(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: sensor_loop [--runtime-dir DIR] [--model NAME] [--samples DIR] [--count N] [--interval-us US] "
                 "[--check] [--quiet]\n--check needs --samples\n");
    return 2;
  }
  static bearing_samples samples;
  const char* samples_dir = options.samples_dir.empty() ? nullptr : options.samples_dir.c_str();
  if (bearing_samples_load(samples_dir, &samples) != 0) return 1;

  tfld::ClientOptions client_options;
  client_options.runtime_dir = options.runtime_dir;
  auto client = tfld::Client::Connect(client_options);
  if (!client.ok()) {
    std::fprintf(stderr, "sensor_loop: %s\n", client.status().ToString().c_str());
    return 1;
  }
  auto binding = client->Bind(options.model);
  if (!binding.ok()) {
    std::fprintf(stderr, "sensor_loop: %s\n", binding.status().ToString().c_str());
    return 1;
  }

  std::signal(SIGINT, [](int) { stop_requested = 1; });
  std::signal(SIGTERM, [](int) { stop_requested = 1; });
  Counts counts;
  Clock::time_point next = Clock::now();
  for (long i = 0; (options.count == 0 || i < options.count) && stop_requested == 0; ++i) {
    Listen(samples.samples[static_cast<std::size_t>(i) % samples.count], options, *binding, counts);
    next += std::chrono::microseconds(options.interval_us);
    std::this_thread::sleep_until(next);
  }
  PrintCounts(counts);
  return counts.failed == 0 && counts.wrong == 0 ? 0 : 1;
}
