/* The vibration windows that the examples stream, with the answers that each version of the model gives to them. */
#ifndef TFLD_EXAMPLES_BEARING_SAMPLES_H
#define TFLD_EXAMPLES_BEARING_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BEARING_WINDOW = 2048, BEARING_CLASSES = 5, BEARING_MAX_VERSIONS = 8, BEARING_MAX_SAMPLES = 64 };

extern const char* const bearing_class_names[BEARING_CLASSES];

typedef struct bearing_sample {
  int8_t window[BEARING_WINDOW];      /* quantized, as the model takes it */
  int expected[BEARING_MAX_VERSIONS]; /* class by version; -1 where it is not known */
} bearing_sample;

typedef struct bearing_samples {
  size_t count;
  bearing_sample samples[BEARING_MAX_SAMPLES];
} bearing_samples;

/* Reads samples.json and the .npy files in `directory`. With NULL, synthesizes windows of a shaft that turns, without
 * known answers. Returns 0, or -1 after a message on standard error. */
int bearing_samples_load(const char* directory, bearing_samples* samples);

/* The class with the greatest score. */
int bearing_argmax(const int8_t* scores, size_t count);

#ifdef __cplusplus
}
#endif

#endif
