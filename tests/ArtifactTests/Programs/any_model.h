/* Any model with the tensors of given.h, which a test writes: m, and what to give it. */
#ifndef ANY_MODEL_H
#define ANY_MODEL_H
#include "given.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TENSORS = INPUTS + OUTPUTS, MOST_RANK = 8 };

typedef struct {
  m *model;
  lathe_tensor tensors[TENSORS + 1]; /* inputs, then outputs */
  int64_t shapes[TENSORS + 1][MOST_RANK];
  uint64_t bytes[TENSORS + 1];
  void *memory[TENSORS + 1];
  uint64_t workspace_bytes;
} given_run;

#define NEED(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

static const m_dims *given_dims_or_null(void) { return DIMS == 0 ? NULL : (const m_dims *)(const void *)given_dims; }

/* Every tensor in memory of its own, of its size to the byte. */
static void given_open(given_run *run) {
  memset(run, 0, sizeof *run);
  NEED(m_open(NULL, &run->model) == 0);
  struct m_shapes shapes;
  memset(&shapes, 0, sizeof shapes);
  NEED(m_shapes(given_dims_or_null(), &shapes) == 0);
  run->workspace_bytes = m_workspace_bytes(given_dims_or_null());
  NEED(run->workspace_bytes > 0);
  const int64_t *extent = (const int64_t *)(const void *)&shapes, *given = given_shapes;
  FILE *file = fopen(given_data, "rb");
  NEED(file);
  for (int t = 0; t < TENSORS; t++) {
    uint64_t count = 1;
    for (int axis = 0; axis < given_ranks[t]; axis++, extent++) {
      run->shapes[t][axis] = *extent;
      if (t < INPUTS) NEED(*given++ == *extent);
      count *= (uint64_t)*extent;
    }
    run->bytes[t] = (count * (uint64_t)given_bits[t] + 7) / 8;
    run->memory[t] = malloc(run->bytes[t] ? run->bytes[t] : 1);
    NEED(run->memory[t]);
    memset(run->memory[t], 0, run->bytes[t]);
    if (t < INPUTS) NEED(fread(run->memory[t], 1, run->bytes[t], file) == run->bytes[t]);
    run->tensors[t] = (lathe_tensor){.data = run->memory[t], .shape = run->shapes[t], .strides = NULL, .capacity = run->bytes[t]};
  }
  fclose(file);
}

static void given_close(given_run *run) {
  for (int t = 0; t < TENSORS; t++) free(run->memory[t]);
  m_close(run->model);
}

#endif
