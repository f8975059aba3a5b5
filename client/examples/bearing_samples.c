#include "bearing_samples.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char* const bearing_class_names[BEARING_CLASSES] = {"healthy", "inner_race", "outer_race", "ball", "imbalance"};

/* A .npy file of version 1.0 is a header, as long as its ninth and tenth byte say, and the elements. */
static int read_window(const char* directory, const char* name, int8_t* window) {
  char path[4096];
  unsigned char preamble[10];
  snprintf(path, sizeof(path), "%s/%s", directory, name);
  FILE* file = fopen(path, "rb");
  if (file == NULL) return -1;
  int ok = fread(preamble, 1, sizeof(preamble), file) == sizeof(preamble) && memcmp(preamble, "\x93NUMPY", 6) == 0;
  ok = ok && fseek(file, preamble[8] + 256L * preamble[9], SEEK_CUR) == 0;
  ok = ok && fread(window, 1, BEARING_WINDOW, file) == BEARING_WINDOW && fgetc(file) == EOF;
  fclose(file);
  return ok ? 0 : -1;
}

/* A sample is one line: {"file": "window00.npy", "label": 0, "class": "healthy", "argmax": {"1": 0, "2": 0, "3": 1}} */
static int parse_sample(const char* directory, const char* line, bearing_sample* sample) {
  char name[64];
  const char* file = strstr(line, "\"file\"");
  const char* expected = strstr(line, "\"argmax\"");
  if (file == NULL || expected == NULL || sscanf(file, "\"file\" : \"%63[^\"/]\"", name) != 1) return -1;
  for (int i = 0; i < BEARING_MAX_VERSIONS; ++i) sample->expected[i] = -1;
  for (expected = strchr(expected, '{'); expected != NULL; expected = strchr(expected + 1, ',')) {
    int version = 0;
    int answer = 0;
    if (sscanf(expected + 1, " \"%d\" : %d", &version, &answer) != 2) break;
    if (version > 0 && version < BEARING_MAX_VERSIONS) sample->expected[version] = answer;
  }
  return read_window(directory, name, sample->window);
}

static int load(const char* directory, FILE* file, bearing_samples* samples) {
  char line[1024];
  while (fgets(line, sizeof(line), file) != NULL) {
    if (strstr(line, "\"file\"") == NULL) continue;
    if (samples->count == BEARING_MAX_SAMPLES) break;
    if (parse_sample(directory, line, &samples->samples[samples->count]) != 0) {
      fprintf(stderr, "%s/samples.json: cannot use this sample: %s", directory, line);
      return -1;
    }
    ++samples->count;
  }
  return samples->count > 0 ? 0 : -1;
}

static void synthesize(bearing_samples* samples) {
  const double sample_rate = 12800; /* Hz */
  uint32_t noise = 1;
  samples->count = 16;
  for (size_t i = 0; i < samples->count; ++i) {
    const double shaft = 25 + (double)i; /* Hz */
    for (int t = 0; t < BEARING_WINDOW; ++t) {
      noise = noise * 1664525u + 1013904223u;
      const double random = (double)(noise >> 16) / 65536 - 0.5;
      samples->samples[i].window[t] = (int8_t)(20 * sin(6.283185307 * shaft * t / sample_rate) + 10 * random);
    }
    for (int version = 0; version < BEARING_MAX_VERSIONS; ++version) samples->samples[i].expected[version] = -1;
  }
}

int bearing_samples_load(const char* directory, bearing_samples* samples) {
  samples->count = 0;
  if (directory == NULL) {
    synthesize(samples);
    return 0;
  }
  char path[4096];
  snprintf(path, sizeof(path), "%s/samples.json", directory);
  FILE* file = fopen(path, "r");
  if (file == NULL) {
    perror(path);
    return -1;
  }
  const int result = load(directory, file, samples);
  fclose(file);
  if (samples->count == 0) fprintf(stderr, "%s has no samples\n", path);
  return result;
}

int bearing_argmax(const int8_t* scores, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; ++i) {
    if (scores[i] > scores[best]) best = i;
  }
  return (int)best;
}
