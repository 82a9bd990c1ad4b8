/* lathe.h: what all models compiled by Lathe have in common. C99 and C++.
   A model's own header includes this one; headers of several models may meet in one file. */
#ifndef LATHE_H
#define LATHE_H

/* The version of this interface. A runtime of version n + 1 opens artifacts of version n. */
#define LATHE_ABI 1

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An input or output. The memory is the caller's, and is used during a run only. */
typedef struct {
  void *data;             /* elements, aligned to their own size at least; 64 bytes is best */
  int64_t *shape;         /* one extent for each dimension: given for an input, written by the run for an output */
  const int64_t *strides; /* NULL: dense; else elements per step of each dimension */
  uint64_t capacity;      /* bytes from data on that an output may fill; one that is too small is set to what is needed */
} lathe_tensor;

/* Strides may be negative; those of an input may be 0, which repeats it; those of an output must lay no two elements on one another.
   An output may lie over an input where nothing is lost by it, else a code says that it cannot:
   - anywhere, where the run has read the input for the last time before it begins the output (the states of most recurrent models);
   - where each element lies on the input's element of the same index, that is with the same data and strides, if the output is computed
     element by element from it, or repeats it and goes on behind it: a cache of [batch, heads, length, width] in a buffer with room for
     more grows in place, and only what is new is written. */

/* What a run may ask of the program around it. Members may be NULL; so may the whole. */
typedef struct {
  uint32_t size; /* sizeof(lathe_host) */
  uint32_t abi;  /* LATHE_ABI */
  void *user;    /* handed to each of the functions */
  /* Calls body(arg, i) for every i in 0..count-1, in any order, on any threads, and returns when all have returned.
     NULL: this thread. Results are the same bits for any number of threads. */
  void (*parallel_for)(void *user, int64_t count, void (*body)(void *arg, int64_t index), void *arg);
  /* Asked between kernels; nonzero ends the run with an error code. */
  int (*cancelled)(void *user);
  /* Told of each kernel's begin (begin = 1) and end (begin = 0), for profiling; ids are in the contract. */
  void (*kernel)(void *user, int32_t id, int32_t begin);
} lathe_host;

#ifdef __cplusplus
}
#endif

#elif LATHE_ABI != 1
#error "lathe.h: another version of this header was included before; bring the models' headers to one version"
#endif
