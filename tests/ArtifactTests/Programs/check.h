/* What the test programs share: a check that says where it failed, the digit classifier's tensors, an aligned workspace. */
#ifndef CHECK_H
#define CHECK_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

/* A code, and what NAME_error says of it: both as expected, with the piece of text in it. */
#define CHECK_CODE(name, call, expected, piece) \
  do { \
    int32_t got = (call); \
    if (got != (expected) || !strstr(name##_error(got), piece)) { \
      fprintf(stderr, "%s:%d: %s gives %d, %s\n", __FILE__, __LINE__, #call, (int)got, name##_error(got)); \
      exit(1); \
    } \
  } while (0)

/* The first address in memory that 64 divides. */
static inline void *aligned(void *memory) { return (unsigned char *)memory + (0 - (uintptr_t)memory) % 64; }

/* Some image, another for each seed. */
static inline void fill(float *image, int seed) {
  for (int i = 0; i < 784; i++) image[i] = (float)((i * 31 + seed * 97) % 256);
}
#endif
