/* A sensor process in C: the same as sensor_loop.cc.
 *
 *   sensor_loop_c [--runtime-dir DIR] [--samples DIR] [--count N] [--interval-us US] [--check] [--quiet]
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tfld/client_c.h>
#include <time.h>

#include "bearing_samples.h"

static volatile sig_atomic_t stop_requested = 0;

typedef struct options {
  const char* runtime_dir;
  const char* samples_dir;
  long count;
  long interval_us;
  int check;
  int quiet;
} options;

typedef struct counts {
  long requests, failed, wrong;
  long by_version[BEARING_MAX_VERSIONS];
  double sum_us, most_us;
} counts;

static void on_signal(int signal_number) {
  (void)signal_number;
  stop_requested = 1;
}

static int parse_options(int argc, char** argv, options* result) {
  for (int i = 1; i < argc; ++i) {
    const char* name = argv[i];
    if (strcmp(name, "--check") == 0) {
      result->check = 1;
    } else if (strcmp(name, "--quiet") == 0) {
      result->quiet = 1;
    } else if (i + 1 == argc) {
      return -1;
    } else if (strcmp(name, "--runtime-dir") == 0) {
      result->runtime_dir = argv[++i];
    } else if (strcmp(name, "--samples") == 0) {
      result->samples_dir = argv[++i];
    } else if (strcmp(name, "--count") == 0) {
      result->count = atol(argv[++i]);
    } else if (strcmp(name, "--interval-us") == 0) {
      result->interval_us = atol(argv[++i]);
    } else {
      return -1;
    }
  }
  return result->check && result->samples_dir == NULL ? -1 : 0;
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e6 * (double)now.tv_sec + (double)now.tv_nsec / 1e3;
}

static void judge(const bearing_sample* sample, uint64_t version, int found, counts* result) {
  const int expected = version < BEARING_MAX_VERSIONS ? sample->expected[version] : -1;
  if (found == expected) return;
  ++result->wrong;
  fprintf(stderr, "sensor_loop_c: version %llu answered %d, expected %d\n", (unsigned long long)version, found,
          expected);
}

/* One window: fill the input, infer, look at the scores. */
static void listen_once(const bearing_sample* sample, const options* chosen, tfld_binding* binding, counts* result) {
  tfld_error error;
  void* window = NULL;
  const void* scores = NULL;
  size_t size = 0;
  ++result->requests;
  if (tfld_binding_input(binding, 0, &window, &size, &error) != TFLD_OK || size != BEARING_WINDOW) {
    fprintf(stderr, "sensor_loop_c: the model does not take windows of %d int8\n", BEARING_WINDOW);
    exit(1);
  }
  memcpy(window, sample->window, BEARING_WINDOW);

  const double start = now_us();
  tfld_code code = tfld_binding_infer(binding, 2000000, &error);
  const double latency = now_us() - start;
  if (code == TFLD_OK) code = tfld_binding_output(binding, 0, &scores, &size, &error);
  if (code != TFLD_OK) {
    ++result->failed;
    fprintf(stderr, "sensor_loop_c: %s: %s\n", tfld_code_name(code), error.message);
    return;
  }
  const int found = bearing_argmax(scores, size);
  const uint64_t version = tfld_binding_version(binding);
  if (version < BEARING_MAX_VERSIONS) ++result->by_version[version];
  result->sum_us += latency;
  if (latency > result->most_us) result->most_us = latency;
  if (!chosen->quiet) {
    printf("%-10s score %4d  version %llu  %.0f us\n", found < BEARING_CLASSES ? bearing_class_names[found] : "?",
           ((const int8_t*)scores)[found], (unsigned long long)version, latency);
  }
  if (chosen->check) judge(sample, version, found, result);
}

static void print_counts(const counts* result) {
  const long answered = result->requests - result->failed;
  printf("requests=%ld failed=%ld wrong=%ld", result->requests, result->failed, result->wrong);
  for (int version = 1; version < BEARING_MAX_VERSIONS; ++version) {
    if (result->by_version[version] > 0) printf(" v%d=%ld", version, result->by_version[version]);
  }
  printf(" mean_us=%.0f max_us=%.0f\n", answered > 0 ? result->sum_us / (double)answered : 0.0, result->most_us);
}

static int run(tfld_binding* binding, const options* chosen, const bearing_samples* samples) {
  counts result = {0};
  const struct timespec interval = {chosen->interval_us / 1000000, chosen->interval_us % 1000000 * 1000};
  for (long i = 0; (chosen->count == 0 || i < chosen->count) && !stop_requested; ++i) {
    listen_once(&samples->samples[(size_t)i % samples->count], chosen, binding, &result);
    if (chosen->interval_us > 0) nanosleep(&interval, NULL);
  }
  print_counts(&result);
  return result.failed == 0 && result.wrong == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  options chosen = {.count = 20, .interval_us = 100000};
  static bearing_samples samples;
  tfld_error error;
  tfld_client* client = NULL;
  tfld_binding* binding = NULL;
  if (parse_options(argc, argv, &chosen) != 0) {
    fprintf(stderr,
            "usage: sensor_loop_c [--runtime-dir DIR] [--samples DIR] [--count N] [--interval-us US] [--check] "
            "[--quiet]\n--check needs --samples\n");
    return 2;
  }
  if (bearing_samples_load(chosen.samples_dir, &samples) != 0) return 1;
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);

  int status = 1;
  if (tfld_client_connect(chosen.runtime_dir, 0, &client, &error) == TFLD_OK &&
      tfld_client_bind(client, "bearing_fault", NULL, &binding, &error) == TFLD_OK) {
    status = run(binding, &chosen, &samples);
  } else {
    fprintf(stderr, "sensor_loop_c: %s: %s\n", tfld_code_name(error.code), error.message);
  }
  tfld_binding_close(binding);
  tfld_client_close(client);
  return status;
}
